import { describe, expect, it } from "vitest";
import { createDecision, MAX_READAHEAD, type ReadaheadDecision } from "../../../kernel/readahead/decision.ts";
import { ReadaheadKernel } from "../../../kernel/readahead/readahead.ts";
import { CACHED, SWAPPED } from "../../../kernel/readahead/view.ts";
import { scenarioOf, workloadOf } from "./fixtures.ts";

/** Touches 400 pages, then reads pages 0 to 99. By then these are on the device. */
const workload = workloadOf([
  [...Array.from({ length: 400 }, (_, i) => i), ...Array.from({ length: 100 }, (_, i) => i)],
]);

function atFirstFault(overrides = {}): ReadaheadKernel {
  const kernel = new ReadaheadKernel();
  kernel.reset(scenarioOf(workload, { frames: 128, ...overrides }), 1);
  expect(kernel.view).toMatchObject({ kind: "fault", page: 0, thread: 0 });
  return kernel;
}

function read(pages: number[], rest: Partial<ReadaheadDecision> = {}): ReadaheadDecision {
  const decision = createDecision();
  decision.pages.set(pages);
  return Object.assign(decision, { count: pages.length, ...rest });
}

describe("a decision", () => {
  it("puts its pages into the swap cache, so that their use is a hit", () => {
    const kernel = atFirstFault();
    const { accesses } = kernel.decide(read([1, 2, 3]));
    expect(accesses).toBe(4);
    expect(kernel.view).toMatchObject({ kind: "fault", page: 4 });
    expect(kernel.view.counters).toMatchObject({ major_faults: 2, ra_issued: 3, ra_hit: 3, ra_waste: 0 });
  });

  it("skips the faulting page, pages in frames, pages read already and pages never touched", () => {
    const kernel = atFirstFault();
    expect(kernel.view.state[399]).not.toBe(SWAPPED);
    kernel.decide(read([0, 399, 5, 5, 6]));
    expect(kernel.view.counters.ra_issued).toBe(2);
    expect(kernel.view.state[6]).toBe(CACHED);
  });

  it("makes the first use of a marked page a decision point, and reads on from there", () => {
    const kernel = atFirstFault();
    kernel.decide(read([1, 2, 3], { marker: 1 }));
    expect(kernel.view).toMatchObject({ kind: "marker", page: 2 });
    expect(kernel.view.counters.markers).toBe(1);
    kernel.decide(read([4, 5]));
    expect(kernel.view).toMatchObject({ kind: "fault", page: 6 });
    expect(kernel.view.counters).toMatchObject({ ra_issued: 5, ra_hit: 5, major_faults: 2 });
  });

  it("marks the next page that is read if the marked page is not read", () => {
    const kernel = atFirstFault();
    kernel.decide(read([399, 1, 2], { marker: 0 }));
    expect(kernel.view).toMatchObject({ kind: "marker", page: 1 });
  });

  it("skips as many decision points as it says, at no cost for deciding", () => {
    const kernel = atFirstFault();
    kernel.decide(read([], { quiet: 5, microseconds: 1 }));
    expect(kernel.view).toMatchObject({ kind: "fault", page: 6 });
    expect(kernel.view.counters).toMatchObject({ decisions: 1, major_faults: 7 });
    expect(kernel.charged("deciding")).toBe(1);
  });

  it("skips markers too", () => {
    const kernel = atFirstFault();
    kernel.decide(read([1, 2], { marker: 0, quiet: 1 }));
    expect(kernel.view).toMatchObject({ kind: "fault", page: 3 });
  });

  it("never locks more than half of the frames, whatever it asks for", () => {
    const kernel = atFirstFault({ frames: 64 });
    const pages = Array.from({ length: MAX_READAHEAD }, (_, i) => i + 1);
    kernel.decide(read(pages));
    expect(kernel.view.counters.ra_issued).toBeLessThanOrEqual(32);
    expect(kernel.view.counters.ra_issued).toBeGreaterThan(16);
    kernel.checkInvariants();
  });

  it.each([
    [{ count: MAX_READAHEAD + 1 }, /0 to 64 pages/],
    [{ count: -1 }, /0 to 64 pages/],
    [{ count: 1.5 }, /0 to 64 pages/],
    [{ count: 2, before: 3 }, /before must be 0 to 2 pages, got 3/],
    [{ count: 2, marker: 2 }, /marker must be -1 for none or an index below 2, got 2/],
    [{ source: 99 }, /source/],
    [{ microseconds: -1 }, /finite time/],
    [{ microseconds: Number.NaN }, /finite time/],
    [{ quiet: -1 }, /decision points/],
  ])("like %j is refused", (wrong, message) => {
    const kernel = atFirstFault();
    expect(() => kernel.decide({ ...createDecision(), ...wrong })).toThrow(RangeError);
    expect(() => kernel.decide({ ...createDecision(), ...wrong })).toThrow(message);
    expect(kernel.view.counters.decisions).toBe(0);
  });

  it("is refused after the end", () => {
    const kernel = atFirstFault();
    while (!kernel.done) kernel.decide(createDecision());
    expect(() => kernel.decide(createDecision())).toThrow(/ended/);
  });
});

describe("a scenario", () => {
  it.each([
    [{ frames: 63 }, /frames must be a whole number of at least 64, got 63/],
    [{ backgroundLoad: 1 }, /backgroundLoad/],
    [{ fragmentation: -0.1 }, /fragmentation/],
  ])("like %j is refused", (wrong, message) => {
    expect(() => new ReadaheadKernel().reset(scenarioOf(workload, wrong), 1)).toThrow(message);
  });

  it("that never swaps has no decision point", () => {
    const kernel = new ReadaheadKernel();
    kernel.reset(scenarioOf(workload, { frames: 1000 }), 1);
    expect(kernel.done).toBe(true);
    expect(kernel.metrics()).toMatchObject({ accesses: 500, zero_fills: 400, major_faults: 0, cost_us: 0 });
  });

  it("ends even if one of its threads does nothing", () => {
    const kernel = new ReadaheadKernel();
    kernel.reset(scenarioOf(workloadOf([[1, 2, 3], []])), 1);
    expect(kernel.done).toBe(true);
  });
});

describe("a thread", () => {
  it("waits for a page that another thread has read ahead and that is still under way", () => {
    const fill = Array.from({ length: 400 }, (_, i) => i);
    // The second thread computes for longer than the first needs to touch all pages, then reads page 1.
    const two = workloadOf([[...fill, 0, 390], [1]], { computeNs: 100 });
    two.threads[1].computeNs[0] = 400 * 1300 + 40_000 + 41_000;
    const kernel = new ReadaheadKernel();
    kernel.reset(scenarioOf(two, { frames: 128 }), 1);
    kernel.decide(read([1]));
    while (!kernel.done) kernel.decide(createDecision());
    const { ra_hit, ra_late, late_us } = kernel.metrics();
    expect([ra_hit, ra_late]).toEqual([1, 1]);
    expect(late_us).toBeGreaterThan(0);
    expect(late_us).toBeLessThan(80 + 2 * 1.37);
  });
});
