import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDecision, MAX_READAHEAD, type ReadaheadDecision } from "../../../kernel/readahead/decision.ts";
import {
  clusterBlock,
  majorityStride,
  nothing,
  PAGE_TABLE_PAGES,
  replayPages,
  stridePages,
  swappedRange,
  vmaWindow,
} from "../../../kernel/readahead/page_sets.ts";
import { SwapLog } from "../../../kernel/readahead/swap_log.ts";
import { MAPPED } from "../../../kernel/readahead/view.ts";
import { faultView } from "../../baselines/readahead_view.ts";

const pagesOf = ({ pages, count }: ReadaheadDecision) => [...pages.subarray(0, count)];
const range = (first: number, end: number) => Array.from({ length: end - first }, (_, i) => first + i);

describe("windows by VMA", () => {
  it("lie ahead of a fault that follows, behind a fault that precedes, and around any other fault", () => {
    const view = faultView(100);
    expect(pagesOf(vmaWindow(view, 99, 8, createDecision()))).toEqual(range(101, 108));
    expect(pagesOf(vmaWindow(view, 101, 8, createDecision()))).toEqual(range(93, 100));
    const around = vmaWindow(view, 7, 8, createDecision());
    expect(pagesOf(around)).toEqual([97, 98, 99, 101, 102, 103, 104]);
    expect(around.before).toBe(3);
  });

  it("end at the VMA and at the page-table page, wherever they begin", () => {
    fc.assert(
      fc.property(fc.nat(999), fc.nat(2000), fc.nat(64), fc.nat(64), (page, address, behind, ahead) => {
        const vmas = [
          { start: 0, end: 300, address },
          { start: 300, end: 1000, address: address + 5000 },
        ];
        const view = faultView(page, { pages: 1000, vmas });
        const decision = swappedRange(view, page - behind, page + ahead + 1, createDecision());
        const { start, end, address: base } = vmas[view.vma];
        const blockOf = (p: number) => Math.floor((base + p - start) / PAGE_TABLE_PAGES);
        const expected = range(page - behind, page + ahead + 1).filter(
          (p) => p !== page && p >= start && p < end && blockOf(p) === blockOf(page),
        );
        expect(pagesOf(decision)).toEqual(expected.slice(0, MAX_READAHEAD));
        expect(decision.before).toBe(pagesOf(decision).filter((p) => p < page).length);
      }),
    );
  });

  it("leave out pages that are not on the device", () => {
    const view = faultView(100);
    view.state[102] = MAPPED;
    expect(pagesOf(swappedRange(view, 100, 105, createDecision()))).toEqual([101, 103, 104]);
  });
});

describe("a cluster", () => {
  it("is the aligned block of slots around the fault's, without the header", () => {
    // Page p is in slot p + 1.
    expect(pagesOf(clusterBlock(faultView(100), 8, createDecision()))).toEqual([95, 96, 97, 98, 99, 101, 102]);
    expect(pagesOf(clusterBlock(faultView(2), 8, createDecision()))).toEqual([0, 1, 3, 4, 5, 6]);
  });

  it("is empty at a marker whose page has no slot any more", () => {
    const view = faultView(100);
    view.slotOf[100] = 0;
    expect(clusterBlock(view, 8, createDecision()).count).toBe(0);
  });
});

describe("strides", () => {
  it("stay inside the VMA, skip as many steps as asked, and mark their first page", () => {
    const view = faultView(90, { pages: 100, vmas: [{ start: 0, end: 100, address: 0 }] });
    const decision = stridePages(view, 3, 8, 3, createDecision(), 1);
    expect(pagesOf(decision)).toEqual([96, 99]);
    expect(decision).toMatchObject({ before: 0, marker: 0, source: 3 });
    expect(pagesOf(stridePages(view, -40, 8, 3, createDecision()))).toEqual([50, 10]);
    expect(stridePages(view, 0, 8, 3, createDecision())).toMatchObject({ count: 0, marker: -1 });
  });
});

describe("a replay", () => {
  it("reads the pages on the device that the same thread accessed next, each once", () => {
    const view = faultView(5);
    const log = new SwapLog(1024, 16, 64);
    for (const [page, thread] of [
      [5, 0],
      [7, 0],
      [50, 1],
      [9, 0],
      [7, 0],
      [5, 0],
      [11, 0],
      [12, 0],
      [5, 0],
    ]) {
      log.push(page, 0, thread);
    }
    Object.assign(view, { log });
    view.state[12] = MAPPED;
    expect(pagesOf(replayPages(view, 0, 8, 5, createDecision()))).toEqual([7, 9, 11]);
    expect(pagesOf(replayPages(view, 0, 2, 5, createDecision()))).toEqual([7, 9]);
    expect(replayPages(view, -1, 8, 5, createDecision())).toMatchObject({ count: 0, marker: -1 });
  });
});

describe("the majority stride", () => {
  const logOf = (entries: readonly (readonly [number, number])[]) => {
    const log = new SwapLog(1024, 1, 64);
    for (const [page, thread] of entries) log.push(page, 0, thread);
    return log;
  };

  it("is shared by more than half of the newest differences of the thread, whatever other threads do", () => {
    const mine = range(0, 12).map((i) => [10 + 4 * i, 0] as const);
    expect(majorityStride(logOf(mine.flatMap((entry, i) => [entry, [900 - 13 * i, 1]])), 0, 8)).toBe(4);
    expect(majorityStride(logOf(mine.flatMap((entry, i) => [entry, [900 - 13 * i, 1]])), 1, 8)).toBe(-13);
  });

  it("is 0 without a majority, and with too few accesses", () => {
    expect(majorityStride(logOf([]), 0, 8)).toBe(0);
    expect(
      majorityStride(
        logOf([
          [1, 0],
          [2, 0],
        ]),
        0,
        8,
      ),
    ).toBe(0);
    expect(majorityStride(logOf([1, 2, 10, 11, 19, 20, 28].map((page) => [page, 0])), 0, 6)).toBe(0);
  });

  it("agrees with a count of all differences", () => {
    const pages = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 0, maxLength: 20 });
    fc.assert(
      fc.property(pages, fc.integer({ min: 1, max: 20 }), (sequence, window) => {
        const deltas = sequence
          .slice(1)
          .map((page, i) => page - sequence[i])
          .slice(-window);
        const counts = new Map<number, number>();
        for (const delta of deltas) counts.set(delta, (counts.get(delta) ?? 0) + 1);
        const majority = [...counts].find(([, count]) => count > deltas.length >> 1)?.[0] ?? 0;
        const expected = deltas.length > 1 ? majority : 0;
        expect(majorityStride(logOf(sequence.map((page) => [page, 0])), 0, window)).toBe(expected);
      }),
    );
  });
});

describe("nothing", () => {
  it("clears a reused decision", () => {
    const decision = Object.assign(createDecision(), { count: 5, before: 2, marker: 3, source: 4, quiet: 9 });
    expect(nothing(decision)).toMatchObject({ count: 0, before: 0, marker: -1, source: 0, quiet: 0 });
  });
});
