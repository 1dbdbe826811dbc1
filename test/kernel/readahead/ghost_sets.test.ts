import { describe, expect, it } from "vitest";
import { bookOf, createDecision, DEPTH_ENDS, SOURCES } from "../../../kernel/readahead/decision.ts";
import { GhostSets } from "../../../kernel/readahead/ghost_sets.ts";
import { SwapLog } from "../../../kernel/readahead/swap_log.ts";
import type { ReadaheadView } from "../../../kernel/readahead/view.ts";

const PAGES = 400;
const FRAMES = 64;
/** Half of the frames. */
const LIFETIME = 32;
const VMA = SOURCES.indexOf("vma");
const REPLAY = SOURCES.indexOf("replay");
const program = {
  pages: PAGES,
  programCounters: 3,
  frames: FRAMES,
  vmas: [
    { start: 0, end: 200, address: 0 },
    { start: 200, end: PAGES, address: 1000 },
  ],
};
const UNUSED = 399;

/** A log with its ghosts. `access` and `offer` continue from the present state. */
function example() {
  const log = new SwapLog(PAGES, 3, 1024);
  const ghosts = new GhostSets(program, SOURCES.length);
  const decision = createDecision();
  const access = (page: number, pc = 0) => {
    log.push(page, pc, 0);
    ghosts.access(log, log.length - 1);
  };
  const offer = (pages: readonly number[], { source = VMA, pc = 0 } = {}) => {
    decision.pages.set(pages);
    decision.count = pages.length;
    decision.source = source;
    ghosts.offer({ log, pc } as unknown as ReadaheadView, decision);
  };
  const wait = (accesses: number) => {
    for (let i = 0; i < accesses; i++) access(UNUSED);
  };
  access(0);
  return { ghosts, access, offer, wait };
}

const FIRST = bookOf(VMA, 0);

describe("the book of a page", () => {
  it("is its own for each source and depth", () => {
    const books = SOURCES.flatMap((_, source) => [0, ...DEPTH_ENDS.slice(0, -1)].map((index) => bookOf(source, index)));
    expect(books).toEqual(Array.from({ length: SOURCES.length * DEPTH_ENDS.length }, (_, i) => i));
    const depths = Array.from({ length: DEPTH_ENDS[2] }, (_, index) => bookOf(0, index));
    expect(depths).toEqual(Array.from(depths, (_, i) => (i < 4 ? 0 : i < 16 ? 1 : 2)));
  });
});

describe("sets that were not read", () => {
  it("count a page as used if it is accessed before it would have been thrown out, and not otherwise", () => {
    const shares = [LIFETIME, LIFETIME + 1].map((accesses) => {
      const { ghosts, access, offer, wait } = example();
      offer([10]);
      wait(accesses - 1);
      access(10);
      return ghosts.share(FIRST);
    });
    const { ghosts, offer } = example();
    const before = ghosts.share(FIRST);
    offer([10]);
    expect(shares[0]).toBeGreaterThan(before);
    expect(shares[1]).toBe(ghosts.share(FIRST));
    expect(shares[1]).toBeLessThan(before);
  });

  it("count a page once, no matter how often it is named or accessed meanwhile", () => {
    const once = example();
    once.offer([10]);
    once.access(10);
    const often = example();
    often.offer([10]);
    often.offer([10]);
    often.access(10);
    often.access(10);
    expect(often.ghosts.share(FIRST)).toBe(once.ghosts.share(FIRST));
  });

  it("keep sources apart, and the first pages of a set apart from later pages", () => {
    const { ghosts, access, offer } = example();
    const unknown = ghosts.share(FIRST);
    offer([10, 11, 12, 13, 14], { source: REPLAY });
    access(14);
    expect(ghosts.share(FIRST)).toBe(unknown);
    expect(ghosts.share(bookOf(REPLAY, 0))).toBeLessThan(unknown);
    expect(ghosts.share(bookOf(REPLAY, 4))).toBeGreaterThan(unknown);
  });

  it("approach the share that is used, and follow recent changes", () => {
    const { ghosts, access, offer } = example();
    const round = (from: number, used: number) => {
      for (let i = 0; i < 2000; i++) {
        offer([from + (i % 100)]);
        access(i % 4 < used ? from + (i % 100) : UNUSED);
      }
    };
    round(0, 3);
    expect(ghosts.share(FIRST)).toBeCloseTo(0.75, 1);
    round(100, 0);
    round(100, 0);
    expect(ghosts.share(FIRST)).toBeLessThan(0.15);
  });

  it("use the overall share where a VMA or an instruction is unknown", () => {
    const { ghosts, access, offer } = example();
    for (let i = 0; i < 100; i++) {
      offer([i], { pc: 1 });
      access(i);
    }
    const all = ghosts.share(FIRST);
    expect(all).toBeGreaterThan(0.9);
    expect(ghosts.shareInVma(1, FIRST)).toBeCloseTo(all, 12);
    expect(ghosts.shareByPc(2, FIRST)).toBeCloseTo(all, 12);
    for (let i = 200; i < 260; i++) offer([i], { pc: 2 });
    expect(ghosts.shareInVma(1, FIRST)).toBeLessThan(0.3);
    expect(ghosts.shareByPc(2, FIRST)).toBeLessThan(0.3);
    expect(ghosts.shareInVma(0, FIRST)).toBeGreaterThan(0.8);
    expect(ghosts.shareByPc(1, FIRST)).toBeGreaterThan(0.8);
  });

  it("count a use for the instruction whose fault named the page", () => {
    const { ghosts, access, offer } = example();
    for (let i = 0; i < 40; i++) {
      offer([i], { pc: 1 });
      access(i, 2);
    }
    for (let i = 40; i < 80; i++) offer([i], { pc: 2 });
    expect(ghosts.shareByPc(1, FIRST)).toBeGreaterThan(0.8);
    expect(ghosts.shareByPc(2, FIRST)).toBeLessThan(0.2);
  });

  it("are copied with all counts, and each copy continues by itself", () => {
    const { ghosts, access, offer } = example();
    offer([10, 20]);
    access(10);
    const copy = new GhostSets(program, SOURCES.length);
    copy.copyFrom(ghosts);
    expect(copy.share(FIRST)).toBe(ghosts.share(FIRST));
    expect(copy.shareInVma(0, FIRST)).toBe(ghosts.shareInVma(0, FIRST));
    expect(copy.shareByPc(0, FIRST)).toBe(ghosts.shareByPc(0, FIRST));
    const before = copy.share(FIRST);
    // Both still expect page 20; only the original sees it.
    access(20);
    expect(ghosts.share(FIRST)).toBeGreaterThan(before);
    expect(copy.share(FIRST)).toBe(before);
    const log = new SwapLog(PAGES, 3, 1024);
    for (const page of [0, 10, 20]) log.push(page, 0, 0);
    copy.access(log, 2);
    expect(copy.share(FIRST)).toBe(ghosts.share(FIRST));
  });
});
