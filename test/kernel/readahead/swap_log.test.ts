import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SwapLog } from "../../../kernel/readahead/swap_log.ts";

const PAGES = 6;
const PCS = 3;
const CAPACITY = 8;
const access = fc.record({ page: fc.nat(PAGES - 1), pc: fc.nat(PCS - 1), thread: fc.nat(2) });

describe("the log of swap accesses", () => {
  it("remembers what an array would, back to its oldest entry", () => {
    fc.assert(
      fc.property(fc.array(access, { maxLength: 40 }), (accesses) => {
        const log = new SwapLog(PAGES, PCS, CAPACITY);
        for (const { page, pc, thread } of accesses) log.push(page, pc, thread);
        const { length } = accesses;
        const oldest = Math.max(0, length - CAPACITY);
        const last = (before: number, matches: (a: (typeof accesses)[number]) => boolean) => {
          for (let at = before - 1; at >= oldest; at--) if (matches(accesses[at])) return at;
          return -1;
        };
        for (const each of [log, log.fork()]) {
          expect([each.length, each.oldest]).toEqual([length, oldest]);
          for (let at = oldest; at < length; at++) {
            const { page, pc, thread } = accesses[at];
            expect([each.pageAt(at), each.pcAt(at), each.threadAt(at)]).toEqual([page, pc, thread]);
            expect(each.previousOfPageAt(at)).toBe(last(at, (other) => other.page === page));
            expect(each.previousOfPcAt(at)).toBe(last(at, (other) => other.pc === pc));
          }
          for (let page = 0; page < PAGES; page++) {
            expect(each.lastOfPage(page)).toBe(last(length, (other) => other.page === page));
          }
          for (let pc = 0; pc < PCS; pc++) expect(each.lastOfPc(pc)).toBe(last(length, (other) => other.pc === pc));
        }
      }),
    );
  });

  it("continues by itself after a fork", () => {
    const log = new SwapLog(PAGES, PCS, CAPACITY);
    log.push(1, 0, 0);
    const copy = log.fork();
    copy.push(2, 1, 0);
    expect([log.length, copy.length]).toEqual([1, 2]);
    expect(log.lastOfPage(2)).toBe(-1);
  });
});
