import { describe, expect, it } from "vitest";
import { startValues } from "../../baselines/knobs.ts";
import { cluster } from "../../baselines/readahead/cluster.ts";
import { fixed } from "../../baselines/readahead/fixed.ts";
import { HEURISTIC_US } from "../../baselines/readahead/heuristic_decision.ts";
import { none } from "../../baselines/readahead/none.ts";
import { vma } from "../../baselines/readahead/vma.ts";
import { createDecision } from "../../kernel/readahead/decision.ts";
import { MAPPED, NONE, type ReadaheadView } from "../../kernel/readahead/view.ts";
import { VmaRule } from "../../kernel/readahead/vma_rule.ts";
import { windowRule } from "../../kernel/readahead/window_rule.ts";
import { faultView } from "./readahead_view.ts";

const byVma = vma;

function pagesOf(view: ReadaheadView, entry = byVma): number[] {
  const { pages, count } = entry.create(startValues(entry.knobs)).decide(view);
  return [...pages.subarray(0, count)];
}

/** A view whose VMA was last touched at `address`, with `hits` since. */
function touched(address: number, hits: number, page: number): ReadaheadView {
  const view = faultView(page);
  view.vmaAddress[0] = address;
  view.vmaHits[0] = hits;
  return view;
}

describe("window rule", () => {
  it.each([
    { hits: 0, previous: 10, current: 11, previousWindow: 0, window: 2 },
    { hits: 0, previous: 10, current: 9, previousWindow: 0, window: 2 },
    { hits: 0, previous: 10, current: 40, previousWindow: 0, window: 1 },
    { hits: 0, previous: 10, current: 40, previousWindow: 8, window: 4 },
    { hits: 0, previous: 10, current: 40, previousWindow: 4, window: 2 },
    { hits: 0, previous: 10, current: 40, previousWindow: 2, window: 1 },
    { hits: 1, previous: 10, current: 40, previousWindow: 0, window: 4 },
    { hits: 2, previous: 10, current: 40, previousWindow: 0, window: 4 },
    { hits: 3, previous: 10, current: 40, previousWindow: 0, window: 8 },
    { hits: 4, previous: 10, current: 40, previousWindow: 0, window: 8 },
    { hits: 63, previous: 10, current: 40, previousWindow: 8, window: 8 },
  ])("gives $window after $hits hits, $previous to $current, window $previousWindow", (row) => {
    expect(windowRule(row.previous, row.current, row.hits, 8, row.previousWindow)).toBe(row.window);
  });

  it("never goes beyond the largest window, and only to powers of two", () => {
    for (const max of [1, 2, 4, 8, 16, 32]) {
      for (let hits = 0; hits < 64; hits++) {
        const window = windowRule(0, 1, hits, max, max);
        expect(window).toBeLessThanOrEqual(max);
        expect(Math.log2(window) % 1).toBe(0);
      }
    }
    expect(windowRule(0, 100, 14, 32, 0)).toBe(16);
    expect(windowRule(0, 100, 15, 32, 0)).toBe(32);
  });
});

describe("windows by VMA", () => {
  it("are 8 pages around the first fault, 3 before it and 4 after", () => {
    expect(pagesOf(faultView(100))).toEqual([97, 98, 99, 101, 102, 103, 104]);
  });

  it("take page 0 for a first fault like any other", () => {
    expect(pagesOf(faultView(0))).toEqual([1, 2, 3, 4]);
  });

  it("go ahead after the page before, behind after the page after, around else", () => {
    expect(pagesOf(touched(99, 7, 100))).toEqual([101, 102, 103, 104, 105, 106, 107]);
    expect(pagesOf(touched(101, 7, 100))).toEqual([93, 94, 95, 96, 97, 98, 99]);
    expect(pagesOf(touched(300, 7, 100))).toEqual([97, 98, 99, 101, 102, 103, 104]);
    expect(pagesOf(touched(300, 0, 100))).toEqual([]);
    expect(pagesOf(touched(99, 0, 100))).toEqual([101]);
    expect(pagesOf(touched(101, 0, 100))).toEqual([99]);
  });

  it("submit the faulting page at its place", () => {
    expect(byVma.create({}).decide(faultView(100))).toMatchObject({
      before: 3,
      marker: -1,
      microseconds: HEURISTIC_US,
    });
  });

  it("end with the VMA", () => {
    const vmas = [
      { start: 0, end: 98, address: 0 },
      { start: 98, end: 103, address: 5000 },
      { start: 103, end: 200, address: 9000 },
    ];
    expect(pagesOf(faultView(100, { pages: 200, vmas }))).toEqual([98, 99, 101, 102]);
  });

  it("end with the block of 512 virtual pages", () => {
    const vmas = [{ start: 0, end: 200, address: 512 * 7 - 102 }];
    expect(pagesOf(faultView(100, { pages: 200, vmas }))).toEqual([97, 98, 99, 101]);
    expect(pagesOf(faultView(102, { pages: 200, vmas }))).toEqual([103, 104, 105, 106]);
  });

  it("leave out what is not on the device", () => {
    const view = faultView(100);
    view.state[98] = MAPPED;
    view.state[103] = NONE;
    expect(pagesOf(view)).toEqual([97, 99, 101, 102, 104]);
  });

  it("halve from fault to fault without hits", () => {
    const heuristic = byVma.create({});
    const sizes = [100, 300, 500, 700, 900].map((page, i) => {
      const view = faultView(page);
      if (i > 0) {
        view.vmaAddress[0] = 1;
        view.vmaHits[0] = 0;
      }
      return heuristic.decide(view).count + 1;
    });
    expect(sizes).toEqual([8, 4, 2, 1, 1]);
  });

  it("are none with a page cluster of 0", () => {
    expect(new VmaRule(0).decide(faultView(100), createDecision()).count).toBe(0);
  });
});

describe("windows by slot", () => {
  it("are the aligned block of 8 slots at the first fault", () => {
    // Page p is in slot p + 1: slot 101 is in the block from 96 to 103.
    expect(pagesOf(faultView(100), cluster)).toEqual([95, 96, 97, 98, 99, 101, 102]);
  });

  it("leave out the header", () => {
    expect(pagesOf(faultView(3), cluster)).toEqual([0, 1, 2, 4, 5, 6]);
  });

  it("remember the slot of the last fault that came without hits, and no other", () => {
    const heuristic = cluster.create({});
    const size = (page: number, hits: number) => {
      const view = faultView(page);
      view.clusterHits = hits;
      return heuristic.decide(view).count + 1;
    };
    expect(size(100, 4)).toBe(8);
    expect([size(300, 0), size(500, 0), size(700, 0)]).toEqual([4, 2, 1]);
    expect(size(701, 0)).toBe(2);
    expect(size(100, 1)).toBe(4);
    // The window would be 1 but for its half; 701 is still what is remembered.
    expect([size(400, 0), size(702, 0), size(300, 0)]).toEqual([2, 1, 1]);
  });
});

describe("the one window", () => {
  const at = (window: number, behind: number) => {
    const { pages, count } = fixed.create({ window, behind }).decide(faultView(100));
    return [...pages.subarray(0, count)];
  };

  it("lies ahead, around or behind", () => {
    expect(at(4, 0)).toEqual([101, 102, 103]);
    expect(at(4.2, 1)).toEqual([97, 98, 99]);
    expect(at(5, 0.5)).toEqual([98, 99, 101, 102]);
    expect(at(64, 0)).toHaveLength(63);
  });
});

describe("none", () => {
  it("reads nothing and costs nothing", () => {
    expect(none.create({}).decide(faultView(100))).toMatchObject({ count: 0, microseconds: 0 });
  });
});
