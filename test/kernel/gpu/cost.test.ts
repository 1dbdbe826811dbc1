import { describe, expect, it } from "vitest";
import { clientOf, equalKernels, type GroupDetails, gpuScenario, runGpu } from "../../../harness/scenarios/gpu.ts";
import { findArchitecture, switchNs } from "../../../kernel/gpu/architecture.ts";
import {
  aloneDone,
  fairShares,
  LEAST_FAIR_SHARE,
  latePenalty,
  launchNs,
  slackNs,
  WORST_SLACKS,
} from "../../../kernel/gpu/cost.ts";
import { createDecision, HOLD_KERNEL } from "../../../kernel/gpu/decision.ts";
import type { GpuKernel } from "../../../kernel/gpu/gpu.ts";
import { GPU_METRICS, gpuMetrics } from "../../../kernel/gpu/metrics.ts";
import { serviceNs } from "../../../kernel/gpu/workload.ts";
import { hashKey } from "../../../kernel/random.ts";
import { playRandomly, randomScenario, started } from "./fixtures.ts";

const MS = 1_000_000;
const A100 = findArchitecture("a100");

/** A critical client with requests of 1 ms, arriving at these times, ms. */
const critical = (arrivalsMs: readonly number[], details: GroupDetails = {}) =>
  clientOf(equalKernels(10, 100_000), {
    critical: true,
    slo: 1.5,
    arrivals: Float64Array.from(arrivalsMs, (ms) => ms * MS),
    ...details,
  });
/** A best-effort group that always has work. */
const busy = (details: GroupDetails = {}) => clientOf(equalKernels(100, 100_000), details);
/** A best-effort group whose requests of 1 ms arrive at these times, ms. */
const open = (arrivalsMs: readonly number[]) =>
  clientOf(equalKernels(10, 100_000), { arrivals: Float64Array.from(arrivalsMs, (ms) => ms * MS) });

describe("the penalty of a late request", () => {
  it("is 0 in time, rises to a quarter at its slack, jumps there by a half, and ends at 1", () => {
    const at = (slacks: number) => latePenalty(slacks * 1000, 1000);
    expect([-1, 0, 0.5, 1].map(at)).toEqual([0, 0, 0.125, 0.25]);
    expect(at(1.000001)).toBeCloseTo(0.75, 6);
    expect(at((1 + WORST_SLACKS) / 2)).toBeCloseTo(0.875, 12);
    expect([WORST_SLACKS, WORST_SLACKS + 1, 1e6].map(at)).toEqual([1, 1, 1]);
  });

  it("never falls, so no request is worth abandoning before 20 slacks", () => {
    let last = 0;
    for (let late = 1; late <= 20_000; late += 7) {
      const penalty = latePenalty(late, 1000);
      expect(penalty).toBeGreaterThan(last);
      last = penalty;
    }
  });
});

describe("slack", () => {
  it("is the part of preparation and request that the objective allows", () => {
    const group = critical([], { slo: 1.2, prepNs: 500_000 });
    expect(slackNs(group, 5 * MS, A100)).toBe(1_100_000);
  });

  it("is never less than two switches", () => {
    const group = critical([], { slo: 1.05 });
    expect(slackNs(group, 500_000, A100)).toBe(2 * switchNs(A100));
  });
});

describe("a request alone", () => {
  it("is done after preparation, launch and run, behind earlier requests of its group", () => {
    const scales = Float64Array.of(1, 2, 1);
    const group = critical([1, 1.5, 30], { prepNs: 300_000, scales });
    const key = hashKey(3, "gpu/launch");
    const ready = [1, 1.5, 30].map((ms, i) => ms * MS + 300_000 + launchNs(key, 4, i));
    const first = ready[0] + MS;
    expect([...aloneDone(group, 4, key)]).toEqual([first, first + 2 * MS, ready[2] + MS]);
  });

  it("takes the same time in a run without other groups, and is never late", () => {
    const kernel = runGpu(gpuScenario([critical([1, 1.5, 2, 9])], { durationNs: 20 * MS }), undefined, 5);
    expect(kernel.costs.lateness).toEqual([0, 0, 0, 0]);
    expect(kernel.cost).toBe(0);
  });
});

describe("the entitlement of best effort", () => {
  const shares = (groups: Parameters<typeof gpuScenario>[0]) => {
    const durationNs = 100 * MS;
    return [...fairShares(gpuScenario(groups, { durationNs }).workload)].map((ns) => ns / durationNs);
  };

  it("is an equal part of the time that critical work leaves", () => {
    const load = critical(Array.from({ length: 20 }, (_, i) => 5 * i));
    expect(shares([load, busy(), busy()])).toEqual([0, 0.4, 0.4]);
    expect(shares([busy()])).toEqual([1]);
  });

  it("is at most what the group asks for in the run", () => {
    expect(shares([busy(), open([1, 2, 50, 99.9, 100, 150])])).toEqual([0.5, 0.04]);
  });

  it("is above zero, however much critical work there is", () => {
    const load = critical(Array.from({ length: 300 }, (_, i) => i / 3));
    expect(shares([load, busy()])).toEqual([0, LEAST_FAIR_SHARE]);
  });
});

describe("the cost", () => {
  it("is between 0 and 2, and the outcomes add up to it, group by group", () => {
    for (let seed = 0; seed < 60; seed++) {
      const kernel = started(randomScenario(seed), seed);
      const groups = kernel.view.groups;
      const told = new Float64Array(groups);
      let sum = 0;
      const decide = kernel.decide.bind(kernel);
      kernel.decide = (decision) => {
        const outcome = decide(decision);
        sum += outcome.cost;
        for (let g = 0; g < groups; g++) told[g] += outcome.costs[g];
        return outcome;
      };
      playRandomly(kernel, seed);
      expect(sum).toBeCloseTo(kernel.cost, 9);
      kernel.costs.costs.forEach((cost, g) => {
        expect(told[g]).toBeCloseTo(cost, 9);
      });
      expect(kernel.cost).toBeGreaterThanOrEqual(-1e-12);
      expect(kernel.cost).toBeLessThanOrEqual(2 + 1e-12);
    }
  });

  it("weights every group of a kind equally, however many requests it has", () => {
    // The second group is never served: all of its requests are as late as possible.
    const groups = [critical(Array.from({ length: 50 }, (_, i) => 2 * i)), critical([3, 9])];
    const { costs, cost } = runGpu(gpuScenario(groups, { durationNs: 200 * MS }), (decision) => {
      decision.enabled[1] = 0;
    });
    expect([...costs.costs]).toEqual([0, 0.5]);
    expect(cost).toBe(0.5);
  });

  it("counts unfinished requests as late as they are at the end", () => {
    // With a slack of 0.5 ms and an end alone at about 2 ms, 20 slacks are over at 12 ms.
    const lateAt = (durationMs: number) => {
      const scenario = gpuScenario([critical([1])], { durationNs: durationMs * MS });
      return runGpu(scenario, (decision) => decision.enabled.fill(0));
    };
    expect(lateAt(13).cost).toBe(1);
    expect(lateAt(5).cost).toBeGreaterThan(0.75);
    expect(lateAt(5).cost).toBeLessThan(1);
    expect(lateAt(5).costs.missed[0]).toBe(1);
    // A request whose slack is not over counts neither way.
    expect(lateAt(2.3).cost).toBe(0);
    expect(lateAt(2.3).costs.lateness).toEqual([]);
  });

  it("counts no request whose slack ends beyond the run, finished or not", () => {
    const scenario = gpuScenario([critical([1, 19.2]), busy()], { durationNs: 20.6 * MS });
    for (const enabled of [0, 1]) {
      const { costs } = runGpu(scenario, (decision, view) => {
        decision.enabled[0] = view.time < 10 * MS ? 1 : enabled;
        decision.enabled[1] = 0;
      });
      expect(costs.costs[0]).toBe(0);
    }
  });

  it("measures lateness from when a request would be done alone, not from its arrival", () => {
    // With ten at once, the last one is done ten times as late as the first, even alone.
    const burst = critical(new Array(10).fill(1));
    expect(runGpu(gpuScenario([burst], { durationNs: 30 * MS })).cost).toBe(0);
  });

  it("counts the requests that a closed-loop critical client could send", () => {
    const client = critical([], { arrivals: null, thinkNs: MS });
    const scenario = gpuScenario([client], { durationNs: 40 * MS });
    const served = runGpu(scenario);
    expect(served.cost).toBe(0);
    expect(served.costs.lateness.length).toBeGreaterThan(15);
    const starved = runGpu(scenario, (decision) => decision.enabled.fill(0));
    expect(starved.cost).toBe(1);
  });

  it("is the shortfall of best effort relative to its entitlement; time beyond that gains nothing", () => {
    const groups = [busy(), busy()];
    const one = runGpu(gpuScenario(groups, { durationNs: 100 * MS }), (decision) => {
      decision.enabled[1] = 0;
    });
    expect(one.costs.costs[0]).toBeCloseTo(0, 9);
    expect(one.costs.costs[1]).toBeCloseTo(0.5, 9);
    const none = runGpu(gpuScenario(groups, { durationNs: 100 * MS }), (decision) => decision.enabled.fill(0));
    expect(none.cost).toBeCloseTo(1, 9);
  });

  it("counts the finished part of an unfinished request, without overhead", () => {
    const whole = clientOf(equalKernels(1000, 100_000));
    const run = (depth: number) =>
      runGpu(gpuScenario([whole], { durationNs: 50 * MS }), (decision) => decision.depth.fill(depth)).cost;
    expect(run(0)).toBeLessThan(0.001);
    expect(run(8)).toBeCloseTo(1 - 1 / 1.034, 3);
  });

  it("of a fork is independent", () => {
    const kernel = started(gpuScenario([critical([1, 5, 9]), busy()], { durationNs: 20 * MS }));
    const decision = createDecision(2);
    while (kernel.time < 4 * MS) kernel.decide(decision);
    const copy = kernel.fork();
    const before = copy.cost;
    decision.enabled.fill(0);
    while (!kernel.done) kernel.decide(decision);
    expect(kernel.cost).toBeGreaterThan(1);
    expect(copy.cost).toBe(before);
    decision.enabled.fill(1);
    while (!copy.done) copy.decide(decision);
    expect(copy.cost).toBeLessThan(kernel.cost);
  });
});

describe("metrics", () => {
  const metricsOf = (kernel: GpuKernel) => gpuMetrics(kernel) as Record<string, number>;

  it("are exactly the listed ones, in order, and finite", () => {
    for (let seed = 0; seed < 20; seed++) {
      const kernel = started(randomScenario(seed), seed);
      expect(Object.values(gpuMetrics(kernel)).every(Number.isFinite)).toBe(true);
      playRandomly(kernel, seed);
      const metrics = metricsOf(kernel);
      expect(Object.keys(metrics)).toEqual([...GPU_METRICS]);
      expect(Object.values(metrics).every(Number.isFinite)).toBe(true);
      expect(metrics.lc_cost + metrics.be_cost).toBeCloseTo(kernel.cost, 12);
      const { busy: ran, spin, switching, idle } = kernel.ledger;
      expect(ran + spin + switching + idle).toBe(kernel.time);
    }
  });

  it("match values worked out by hand for critical requests alone", () => {
    const group = critical([1, 4, 7, 10], { scales: Float64Array.of(1, 2, 1, 1), prepNs: 200_000 });
    const kernel = runGpu(gpuScenario([group], { durationNs: 20 * MS }), undefined, 2);
    const key = hashKey(2, "gpu/launch");
    const latencies = [0, 1, 2, 3].map((i) => (200_000 + launchNs(key, 0, i) + serviceNs(group, i)) / 1000);
    const sorted = latencies.toSorted((a, b) => a - b);
    const metrics = metricsOf(kernel);
    expect(metrics.lc_latency_mean_us).toBeCloseTo(latencies.reduce((a, b) => a + b) / 4, 9);
    expect(metrics.lc_latency_p50_us).toBe(sorted[1]);
    expect(metrics.lc_latency_p99_us).toBe(sorted[3]);
    expect(metrics).toMatchObject({ lc_ratio_mean: 1, lc_finished: 4, lc_missed: 0, slo_attainment: 1 });
    expect(metrics).toMatchObject({ throughput_rps: 200, be_throughput_rps: 0, be_share: 0, be_fairness: 1 });
    expect(metrics.lc_standalone_mean_us).toBeCloseTo(metrics.lc_latency_mean_us, 9);
  });

  it("count unfinished requests in attainment and lateness", () => {
    const kernel = runGpu(gpuScenario([critical([1, 10])], { durationNs: 20 * MS }), (decision, view) => {
      decision.hold[0] = view.time > 5 * MS ? HOLD_KERNEL : 0;
    });
    const metrics = metricsOf(kernel);
    expect([metrics.lc_finished, metrics.lc_missed, metrics.slo_attainment]).toEqual([1, 1, 0.5]);
    expect(metrics.lc_late_p99_us).toBeGreaterThan(8500);
  });

  it("show by Jain's index how evenly best-effort groups got their entitlements", () => {
    const run = (count: number, on: number) =>
      metricsOf(
        runGpu(
          gpuScenario(
            Array.from({ length: count }, () => busy()),
            { durationNs: 400 * MS },
          ),
          ({ enabled }) => {
            enabled.fill(0);
            enabled.fill(1, 0, on);
          },
        ),
      ).be_fairness;
    expect(run(4, 1)).toBeCloseTo(0.25, 6);
    expect(run(4, 2)).toBeCloseTo(0.5, 2);
    expect(run(4, 4)).toBeGreaterThan(0.99);
  });
});
