import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomStream } from "../../../kernel/random.ts";
import type { TieringDecision } from "../../../kernel/tiering/decision.ts";
import { MB } from "../../../kernel/tiering/hint_faults.ts";
import { ACCESSES_PER_UNIT, fourTierMachine, twoTierMachine } from "../../../kernel/tiering/machine.ts";
import { TieringKernel } from "../../../kernel/tiering/tiering.ts";
import { CHARGES } from "../../../kernel/tiering/time_ledger.ts";
import { HINT_FAULT, HISTOGRAM, hotThird, NONE, run, scenarioOf, workloadOf } from "./fixtures.ts";

const PAGES = 300;

/** Returns a different decision in every step, of every mechanism. */
function anyDecision(seed: number): (kernel: TieringKernel, step: number) => TieringDecision {
  return (kernel, step) => {
    const random = randomStream(seed, "decision", step);
    switch (random.integer(5)) {
      case 0:
        return NONE;
      case 1:
        return { ...HINT_FAULT, hotThresholdMs: random.uniform(0, 2000), scanRate: random.uniform(0, 2000) };
      case 2:
        return { ...HISTOGRAM, fastShare: random.next(), hysteresis: random.next(), moveRate: random.uniform(0, 9000) };
      case 3:
        return { ...HISTOGRAM, fastShare: random.next(), monitor: "damon" };
      default: {
        const pages = () => Int32Array.from({ length: 20 }, () => random.integer(kernel.view.pages));
        return {
          mechanism: "explicit",
          promote: pages(),
          promoteCount: 20,
          demote: pages(),
          demoteCount: 20,
          moveRate: random.uniform(0, 9000),
        };
      }
    }
  };
}

describe("TieringKernel", () => {
  it("computes a hand-worked case of three pages on two tiers", () => {
    // One of three pages is fast; the shares are 0.5, 0.3 and 0.2. Nothing moves and nothing is written. Traffic is so
    // small beside the bandwidth that latencies are the unloaded ones: mean latency 0.5 x 70 + 0.5 x 135 = 102.5 ns.
    const machine = twoTierMachine(1, 2, { fastBandwidth: 1e6, slowBandwidth: 1e6 });
    const kernel = run(scenarioOf(workloadOf([0.5, 0.3, 0.2], { windows: 3 }), { machine }), NONE);
    expect(kernel.view.time).toBeCloseTo((3 * 102.5) / 70, 9);
    expect(Array.from(kernel.view.tierOf)).toEqual([0, 1, 1]);
    expect(kernel.view.throughput).toBeCloseTo((ACCESSES_PER_UNIT * 70) / 102.5, -2);
  });

  it("keeps every invariant under any decisions, on two tiers", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.double({ min: 0, max: 3, noNaN: true }), (seed, background) => {
        const workload = workloadOf((window) => hotThird(PAGES, 37 * Math.floor(window / 4)), { write: 0.4 });
        run(scenarioOf(workload, { background }), anyDecision(seed), seed);
      }),
      { seed: 1, numRuns: 25 },
    );
  });

  it("keeps every invariant under any decisions, on HBM, DDR, CXL and swap", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const workload = workloadOf((window) => hotThird(PAGES, 53 * Math.floor(window / 4)), { write: 0.4 });
        const machine = fourTierMachine([40, 80, 120, 60]);
        run(scenarioOf(workload, { machine, background: 1 }), anyDecision(seed), seed);
      }),
      { seed: 2, numRuns: 15 },
    );
  });

  it("charges time by name, and the charges add up to the clock", () => {
    const workload = workloadOf((window) => hotThird(PAGES, 60 * window));
    const kernel = run(scenarioOf(workload, { background: 1 }), HISTOGRAM);
    let sum = 0;
    for (const name of CHARGES) sum += kernel.ledger.charged(name);
    expect(sum).toBeCloseTo(kernel.view.time, 9);
    expect(kernel.metrics().charged_migration_seconds).toBeGreaterThan(0);
    expect(kernel.metrics().charged_sampling_seconds).toBeGreaterThan(0);
    expect(kernel.metrics().charged_hint_faults_seconds).toBe(0);
  });

  it("gives the same run for the same seed and decisions, and another run for another seed", () => {
    const scenario = scenarioOf(workloadOf((window) => hotThird(PAGES, 60 * Math.floor(window / 3))));
    const heat = (seed: number) => Array.from(run(scenario, HISTOGRAM, seed).view.heat);
    expect(heat(1)).toEqual(heat(1));
    expect(heat(1)).not.toEqual(heat(2));
  });

  it("forks into an exact copy; neither copy disturbs the other", () => {
    const scenario = scenarioOf(
      workloadOf((window) => hotThird(PAGES, 60 * Math.floor(window / 3))),
      { background: 1 },
    );
    const decide = anyDecision(3);
    const original = new TieringKernel();
    original.reset(scenario, 1);
    for (let step = 0; step < 6; step++) original.decide(decide(original, step));
    const copy = original.fork();
    const disturbed = original.fork();
    for (let step = 0; step < 4; step++) disturbed.decide(anyDecision(99)(disturbed, step));
    for (let step = 6; !original.done; step++) {
      const expected = { ...original.decide(decide(original, step)) };
      expect({ ...copy.decide(decide(copy, step)) }).toEqual(expected);
      expect(copy.metrics()).toEqual(original.metrics());
      expect(copy.view.heat).toEqual(original.view.heat);
    }
    expect(copy.done).toBe(true);
  });

  it("shows nothing of the future", () => {
    const first = workloadOf((window) => hotThird(PAGES, window < 10 ? 50 : 150));
    const second = workloadOf((window) => hotThird(PAGES, window < 10 ? 50 : 250));
    const [a, b] = [new TieringKernel(), new TieringKernel()];
    a.reset(scenarioOf(first), 1);
    b.reset(scenarioOf(second), 1);
    while (a.position < 9 && a.view.decisions < 100) {
      a.decide(HISTOGRAM);
      b.decide(HISTOGRAM);
      if (a.position >= 10) break;
      expect(b.view.heat).toEqual(a.view.heat);
      expect(b.metrics()).toEqual(a.metrics());
    }
    expect(a.position).toBeGreaterThan(5);
  });

  it("promotes nothing that is not accessed", () => {
    const shares = new Array<number>(PAGES).fill(0);
    for (let page = 0; page < 50; page++) shares[page] = 1 / 50;
    const scenario = scenarioOf(workloadOf(shares));
    for (const decision of [HISTOGRAM, HINT_FAULT]) expect(run(scenario, decision).metrics().promoted_pages).toBe(0);
  });

  it("runs as fast as all-local memory under any mechanism when the fast tier is ample", () => {
    const workload = workloadOf(hotThird(PAGES, 100));
    const machine = twoTierMachine(PAGES + 50, PAGES);
    const local = run(scenarioOf(workload, { machine }), NONE).view.time;
    for (const decision of [HISTOGRAM, HINT_FAULT, { ...HISTOGRAM, monitor: "damon" as const }]) {
      expect(run(scenarioOf(workload, { machine }), decision).view.time / local).toBeLessThan(1.01);
    }
  });

  it("moves no faster than the given rate", () => {
    const workload = workloadOf((window) => hotThird(PAGES, 100 * window));
    const kernel = new TieringKernel();
    kernel.reset(scenarioOf(workload), 1);
    let last = 0;
    while (!kernel.done) {
      const { cost } = kernel.decide({ ...HISTOGRAM, moveRate: 100 });
      const { promoted_pages, demoted_pages } = kernel.metrics();
      const bytes = (promoted_pages + demoted_pages - last) * kernel.view.pageBytes;
      expect(bytes).toBeLessThanOrEqual(100 * MB * Math.max(cost, 0.1) * (1 + 1e-9) + kernel.view.pageBytes + 10 * MB);
      last = promoted_pages + demoted_pages;
    }
  });

  it("balances flows: pages in minus pages out are the pages there", () => {
    const workload = workloadOf((window) => hotThird(PAGES, 100 * window));
    const kernel = new TieringKernel();
    kernel.reset(scenarioOf(workload), 1);
    const before = kernel.view.tiers[0].used;
    for (let i = 0; i < 10; i++) kernel.decide(HISTOGRAM);
    const { promoted_pages, demoted_pages } = kernel.metrics();
    expect(kernel.view.tiers[0].used - before).toBe(promoted_pages - demoted_pages);
  });

  it("reports no pressure if no thread waits, and some if pages are swapped in", () => {
    const idle = run(scenarioOf(workloadOf(hotThird(PAGES, 0))), NONE);
    expect(idle.view.pressureSome).toBe(0);
    const workload = workloadOf((window) => hotThird(PAGES, 70 * window));
    const swapping = run(scenarioOf(workload, { machine: fourTierMachine([40, 60, 80, 120]) }), NONE);
    expect(swapping.metrics().pressure_some_seconds).toBeGreaterThan(0);
    expect(swapping.metrics().pressure_full_seconds).toBeLessThan(swapping.metrics().pressure_some_seconds);
  });

  it("refuses impossible machines, decisions and steps after the end, naming the value", () => {
    const workload = workloadOf(hotThird(PAGES, 0), { windows: 1 });
    const kernel = new TieringKernel();
    expect(() => kernel.reset(scenarioOf(workload, { machine: twoTierMachine(10, 20) }), 1)).toThrow(
      "tiers hold 30 pages, the workload has 300",
    );
    expect(() => kernel.reset({ ...scenarioOf(workload), background: new Float64Array(5) }, 1)).toThrow(
      "background has 5 windows, the workload 1",
    );
    kernel.reset(scenarioOf(workload), 1);
    expect(() => kernel.decide({ ...HISTOGRAM, fastShare: 1.5 })).toThrow("fastShare must be from 0 to 1, got 1.5");
    expect(() => kernel.decide({ ...HISTOGRAM, moveRate: Number.NaN })).toThrow("moveRate must be at least 0, got NaN");
    while (!kernel.done) kernel.decide(NONE);
    expect(() => kernel.decide(NONE)).toThrow(/finished/);
  });
});
