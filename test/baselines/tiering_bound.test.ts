import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tieringBound } from "../../baselines/tiering/bound.ts";
import { GreedyReference } from "../../baselines/tiering/greedy_reference.ts";
import { fourTierMachine, twoTierMachine } from "../../kernel/tiering/machine.ts";
import { TieringKernel } from "../../kernel/tiering/tiering.ts";
import { HINT_FAULT, HISTOGRAM, hotThird, NONE, run, scenarioOf, workloadOf } from "../kernel/tiering/fixtures.ts";

const PAGES = 240;

describe("tieringBound", () => {
  it("is at or below the time of every policy, whatever the machine and the load", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 200 }),
        fc.double({ min: 10, max: 140, noNaN: true }),
        fc.double({ min: 75, max: 400, noNaN: true }),
        fc.double({ min: 0, max: 3, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 1, max: 4, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (fast, slowBandwidth, slowLatencyNs, background, write, slowWriteCost, fastShare) => {
          const machine = twoTierMachine(fast, PAGES, { slowBandwidth, slowLatencyNs, slowWriteCost });
          const workload = workloadOf((window) => hotThird(PAGES, 31 * Math.floor(window / 3)), { windows: 8, write });
          const scenario = scenarioOf(workload, { machine, background });
          const bound = tieringBound(scenario);
          for (const decision of [NONE, HINT_FAULT, HISTOGRAM, { ...HISTOGRAM, fastShare, moveRate: 9000 }]) {
            expect(run(scenario, decision).view.time).toBeGreaterThanOrEqual(bound);
          }
          const kernel = new TieringKernel();
          kernel.reset(scenario, 1);
          const reference = new GreedyReference(kernel);
          while (!kernel.done) kernel.decide(reference.decide());
          expect(kernel.view.time).toBeGreaterThanOrEqual(bound);
        },
      ),
      { seed: 1, numRuns: 40 },
    );
  });

  it("is met when the best share is what first touch gives, without load", () => {
    const machine = twoTierMachine(PAGES / 3, PAGES, { slowLatencyNs: 400 });
    const scenario = scenarioOf(workloadOf(hotThird(PAGES, 0)), { machine });
    expect(run(scenario, NONE).view.time / tieringBound(scenario)).toBeCloseTo(1, 4);
  });

  it("is below hottest-in-fast under load: that placement is no bound", () => {
    const scenario = scenarioOf(workloadOf(hotThird(PAGES, 0)), { background: 3 });
    expect(tieringBound(scenario)).toBeLessThan(0.6 * run(scenario, NONE).view.time);
  });

  it("does not fall when the fast tier shrinks", () => {
    let last = 0;
    for (const fast of [200, 120, 80, 40, 10]) {
      const machine = twoTierMachine(fast, PAGES);
      const bound = tieringBound(scenarioOf(workloadOf(hotThird(PAGES, 0)), { machine, background: 0.5 }));
      expect(bound).toBeGreaterThanOrEqual(last * (1 - 1e-6));
      last = bound;
    }
  });

  it("holds on three memory tiers and swap", () => {
    const workload = workloadOf((window) => hotThird(PAGES, 31 * window), { windows: 5, write: 0.3 });
    const scenario = scenarioOf(workload, { machine: fourTierMachine([30, 60, 120, 60]), background: 1 });
    const bound = tieringBound(scenario);
    for (const decision of [NONE, HISTOGRAM]) {
      expect(run(scenario, decision).view.time).toBeGreaterThanOrEqual(bound);
    }
  });

  it("comes close to a policy that knows the future", () => {
    const workload = workloadOf((window) => hotThird(PAGES, 80 * Math.floor(window / 20)), { windows: 60 });
    const scenario = scenarioOf(workload, { background: (window) => [0.2, 1.4, 0.9][Math.floor(window / 12) % 3] });
    const kernel = new TieringKernel();
    kernel.reset(scenario, 1);
    const reference = new GreedyReference(kernel);
    while (!kernel.done) kernel.decide(reference.decide());
    expect(kernel.view.time / tieringBound(scenario)).toBeLessThan(1.03);
  });
});
