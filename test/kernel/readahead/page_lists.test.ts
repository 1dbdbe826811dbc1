import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ACTIVE, INACTIVE, PageLists } from "../../../kernel/readahead/page_lists.ts";
import { InvariantError } from "../../../kernel/subsystem.ts";

const PAGES = 12;

describe("the two lists", () => {
  it("behave like arrays under any operations", () => {
    const step = fc.record({
      page: fc.nat(PAGES - 1),
      list: fc.constantFrom(INACTIVE, ACTIVE),
      take: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const lists = new PageLists(PAGES);
        const model: Record<number, number[]> = { [INACTIVE]: [], [ACTIVE]: [] };
        for (const { page, list, take } of steps) {
          const on = [INACTIVE, ACTIVE].find((candidate) => model[candidate].includes(page));
          if (on !== undefined) model[on] = model[on].filter((other) => other !== page);
          if (!take) {
            model[list].unshift(page);
            lists.addHead(list, page);
          } else if (on !== undefined) {
            lists.remove(page);
          }
          for (const name of [INACTIVE, ACTIVE]) {
            expect(lists.length(name)).toBe(model[name].length);
            expect(lists.tail(name)).toBe(model[name].at(-1) ?? -1);
          }
        }
        lists.checkInvariants((page) => model[INACTIVE].includes(page) || model[ACTIVE].includes(page));
        const copy = new PageLists(PAGES);
        copy.copyFrom(lists);
        for (const name of [INACTIVE, ACTIVE]) {
          for (const page of model[name].toReversed()) {
            expect(copy.tail(name)).toBe(page);
            copy.remove(page);
          }
        }
      }),
    );
  });

  it("report a page that is on a list but in no frame", () => {
    const lists = new PageLists(PAGES);
    lists.addHead(ACTIVE, 3);
    expect(() => lists.checkInvariants(() => false)).toThrow(InvariantError);
    expect(() => lists.checkInvariants(() => false)).toThrow(/page 3 is on list 2/);
  });
});
