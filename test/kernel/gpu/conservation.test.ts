import { describe, expect, it } from "vitest";
import { clientOf, equalKernels, gpuScenario, runGpu } from "../../../harness/scenarios/gpu.ts";
import { createDecision, HOLD_BLOCK, HOLD_KERNEL, NOTIFY_REQUESTS } from "../../../kernel/gpu/decision.ts";
import type { GpuKernel } from "../../../kernel/gpu/gpu.ts";
import { serviceNs } from "../../../kernel/gpu/workload.ts";
import { randomStream } from "../../../kernel/random.ts";
import { playRandomly, randomScenario, scramble, started } from "./fixtures.ts";

const SEEDS = Array.from({ length: 150 }, (_, seed) => seed);

describe("the GPU under any decisions", () => {
  it("accounts for every nanosecond and every request at every decision point", () => {
    for (const seed of SEEDS) {
      const kernel = started(randomScenario(seed), seed);
      let last = 0;
      playRandomly(kernel, seed, () => {
        kernel.checkInvariants();
        expect(kernel.time).toBeGreaterThanOrEqual(last);
        expect(Number.isInteger(kernel.time)).toBe(true);
        last = kernel.time;
      });
      expect(kernel.time).toBe(kernel.scenario.workload.durationNs);
    }
  });

  it("charges the cost in finite parts that add up to 0 to 2", () => {
    for (const seed of SEEDS) {
      const kernel = started(randomScenario(seed), seed);
      const random = randomStream(seed, "test/cost");
      const decision = createDecision(kernel.view.groups);
      let sum = 0;
      while (!kernel.done) {
        scramble(decision, random, kernel.time);
        sum += kernel.decide(decision).cost;
        expect(Number.isFinite(sum)).toBe(true);
      }
      expect(sum).toBeCloseTo(kernel.cost, 9);
      expect(kernel.cost).toBeGreaterThanOrEqual(-1e-12);
      expect(kernel.cost).toBeLessThanOrEqual(2);
    }
  });

  it("does exactly the work of every request's kernels, plus only work that was killed or lost to idle thread blocks", () => {
    for (const seed of SEEDS) {
      const kernel = started(randomScenario(seed), seed);
      // Without launch limits, checks before kernels and polling there is no overhead.
      const random = randomStream(seed, "test/service");
      const decision = createDecision(kernel.view.groups);
      while (!kernel.done) {
        scramble(decision, random, kernel.time);
        decision.depth.fill(0);
        decision.polling.fill(0);
        decision.hold.forEach((hold, g) => {
          if (hold === HOLD_KERNEL) decision.hold[g] = HOLD_BLOCK;
        });
        kernel.decide(decision);
      }
      const { groups } = kernel.scenario.workload;
      let useful = 0;
      groups.forEach((group, g) => {
        for (let i = 0; i < kernel.view.completed[g]; i++) useful += serviceNs(group, i);
        useful += kernel.view.headServedNs[g];
        expect(kernel.view.servedNs[g]).toBe(kernel.costs.finishedNs[g] + kernel.view.headServedNs[g]);
      });
      expect(kernel.timeouts).toBe(0);
      expect(kernel.ledger.overhead).toBe(0);
      expect(kernel.ledger.busy).toBe(useful + kernel.ledger.wasted + kernel.ledger.draining);
    }
  });

  it("never spins unless a decision asks for it", () => {
    for (const seed of SEEDS) {
      const kernel = started(randomScenario(seed), seed);
      const random = randomStream(seed, "test/spin");
      const decision = createDecision(kernel.view.groups);
      while (!kernel.done) {
        scramble(decision, random, kernel.time);
        decision.spin.fill(0);
        kernel.decide(decision);
      }
      expect(kernel.ledger.spin).toBe(0);
    }
  });

  it("is never idle while an enabled group that is not held has work", () => {
    for (const seed of SEEDS) {
      const kernel = started(randomScenario(seed), seed);
      const random = randomStream(seed, "test/work");
      const decision = createDecision(kernel.view.groups);
      while (!kernel.done) {
        scramble(decision, random, kernel.time);
        decision.hold.fill(0);
        const waiting = waitingGroups(kernel);
        const idle = kernel.ledger.idle;
        kernel.decide(decision);
        // A group that could run at the start and at the end of an interval and completed nothing in it could run all
        // along.
        const all = waitingGroups(kernel);
        const throughout = [...waiting].some(([g, completed]) => all.get(g) === completed);
        if (throughout && kernel.view.controlInFlight === 0) expect(kernel.ledger.idle).toBe(idle);
      }
    }
  });
});

/** Completed requests of each enabled group with work; empty while settings are still on their way. */
function waitingGroups({ view }: GpuKernel): Map<number, number> {
  const waiting = new Map<number, number>();
  if (view.controlInFlight > 0) return waiting;
  for (let g = 0; g < view.groups; g++) {
    if (view.enabled[g] === 1 && view.queued[g] > 0) waiting.set(g, view.completed[g]);
  }
  return waiting;
}

describe("a group alone", () => {
  const arrivals = Float64Array.from({ length: 40 }, (_, i) => i * 2e6);

  it("makes no switch, and each request takes its time alone", () => {
    const critical = clientOf(equalKernels(20, 50_000), { critical: true, arrivals, prepNs: 200_000 });
    const kernel = runGpu(gpuScenario([critical], { coldNs: 30_000 }));
    expect(kernel.view.switches).toBe(0);
    expect(kernel.ledger.switching).toBe(0);
    expect(kernel.costs.latencies).toEqual(kernel.costs.standalone);
    expect(kernel.costs.lateness.every((late) => late === 0)).toBe(true);
    expect(kernel.cost).toBe(0);
  });

  it("runs one request after another, with only launches between them", () => {
    const kernel = runGpu(gpuScenario([clientOf(equalKernels(10, 100_000))]));
    expect(kernel.view.switches).toBe(0);
    // A launch takes at most 44 us.
    expect(kernel.view.completed[0]).toBeGreaterThan(1e9 / 1_044_000 - 1);
    expect(kernel.ledger.busy + kernel.ledger.idle).toBe(1e9);
  });

  it("makes no switch while the other groups have no work or may not run", () => {
    const idle = clientOf(equalKernels(10, 100_000), { arrivals: new Float64Array(0) });
    const disabled = clientOf(equalKernels(10, 100_000), { arrivals: Float64Array.of(5e6) });
    const kernel = runGpu(gpuScenario([clientOf(equalKernels(10, 100_000)), idle, disabled]), (decision) => {
      decision.enabled[2] = 0;
      decision.notify = NOTIFY_REQUESTS;
    });
    expect(kernel.view.switches).toBe(0);
  });
});
