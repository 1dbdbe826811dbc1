import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gpuBound, gpuTimeBound } from "../../baselines/gpu/bound.ts";
import { overlapPenalty } from "../../baselines/gpu/bound_overlap.ts";
import type { BoundRequests } from "../../baselines/gpu/bound_requests.ts";
import { Visits } from "../../baselines/gpu/bound_visits.ts";
import { findArchitecture, type GpuArchitecture } from "../../kernel/gpu/architecture.ts";
import { fairShares, latePenalty, launchNs, slackNs } from "../../kernel/gpu/cost.ts";
import { createDecision, type GpuDecision, HOLD_NONE, HOLD_REQUEST } from "../../kernel/gpu/decision.ts";
import { GpuKernel } from "../../kernel/gpu/gpu.ts";
import type { GpuScenario } from "../../kernel/gpu/scenario.ts";
import type { GpuView } from "../../kernel/gpu/view.ts";
import { type GpuGroup, kernelSequence, serviceNs } from "../../kernel/gpu/workload.ts";
import { hashKey, randomStream } from "../../kernel/random.ts";

const SEED = 3;

/** Time unit of the cases that are solved by trying everything, ns. */
const SLOT = 100_000;

/** A GPU on which changing groups takes a slot and nothing else takes time. */
const SLOT_GPU: GpuArchitecture = {
  ...findArchitecture("a100"),
  name: "slot",
  saveNs: 0,
  restoreNs: 0,
  trapNs: 0,
  baseNs: SLOT,
};

function group(details: Partial<GpuGroup> & { ns: number; kernels?: number }): GpuGroup {
  const { ns, kernels = 1, ...rest } = details;
  return {
    name: "group",
    critical: false,
    sequence: kernelSequence("kernels", new Float64Array(kernels).fill(ns / kernels)),
    arrivals: null,
    thinkNs: 0,
    after: [],
    prepNs: 0,
    scales: Float64Array.of(1),
    declared: Float64Array.of(1),
    slo: 1.5,
    instructionPreemption: true,
    ...rest,
  };
}

function scenarioOf(groups: GpuGroup[], durationNs: number, architecture = findArchitecture("a100")): GpuScenario {
  const workload = { name: "test", groups, durationNs, sharing: "time-slice" as const };
  return { workload, architecture, controlNs: 20_000, minSliceUs: 1, coldNs: 0 };
}

/** A critical group whose requests can start at these slots, launch latency included. */
function slotGroup(index: number, ready: readonly number[], slots: number, slo: number): GpuGroup {
  const key = hashKey(SEED, "gpu/launch");
  const arrivals = Float64Array.from(ready, (slot, i) => slot * SLOT - launchNs(key, index, i));
  return group({ ns: slots * SLOT, critical: true, arrivals, slo });
}

/**
 * The least cost of all schedules on whole slots: in each, the group on the GPU runs, or stays idle, or another comes in,
 * which takes the slot, but for the first of all. Groups without arrivals are best effort. Tries everything.
 */
function bestOfAll(scenario: GpuScenario, ready: readonly (readonly number[])[]): number {
  const { groups, durationNs } = scenario.workload;
  const slots = durationNs / SLOT;
  const fair = fairShares(scenario.workload);
  const critical = groups.filter((one) => one.critical).length;
  const length = groups.map((one) => Math.round(serviceNs(one, 0) / SLOT));
  const slack = groups.map((one) => slackNs(one, serviceNs(one, 0), scenario.architecture) / SLOT);
  const alone = ready.map((list, g) => {
    let free = 0;
    return list.map((at) => {
      free = Math.max(free, at) + length[g];
      return free;
    });
  });
  const counts = alone.map((list, g) => list.map((end) => end + slack[g] < slots));
  const weight = counts.map((list) => 1 / (critical * Math.max(1, list.filter(Boolean).length)));
  const known = new Map<string, number>();
  const least = (time: number, on: number, served: readonly number[]): number => {
    if (time === slots) return finish(served);
    const name = `${time}/${on}/${served.join()}`;
    const found = known.get(name);
    if (found !== undefined) return found;
    let best = on < 0 ? least(time + 1, on, served) : run(time, on, served);
    const entered = on < 0 ? time : time + 1;
    for (let g = 0; g < groups.length; g++) if (g !== on) best = Math.min(best, least(entered, g, served));
    known.set(name, best);
    return best;
  };
  const run = (time: number, g: number, served: readonly number[]): number => {
    const idle = least(time + 1, g, served);
    const request = Math.floor(served[g] / length[g]);
    if (groups[g].critical && (request >= ready[g].length || ready[g][request] > time)) return idle;
    const next = served.with(g, served[g] + 1);
    const ends = groups[g].critical && next[g] % length[g] === 0 && counts[g][request];
    const penalty = ends ? weight[g] * latePenalty(Math.max(0, time + 1 - alone[g][request]), slack[g]) : 0;
    return Math.min(idle, penalty + least(time + 1, g, next));
  };
  const finish = (served: readonly number[]): number => {
    let cost = 0;
    groups.forEach(({ critical: isCritical }, g) => {
      if (!isCritical) {
        cost += (1 - Math.min(1, (served[g] * SLOT) / fair[g])) / (groups.length - critical);
        return;
      }
      for (let i = Math.floor(served[g] / length[g]); i < ready[g].length; i++) {
        if (counts[g][i]) cost += weight[g] * latePenalty(slots - alone[g][i], slack[g]);
      }
    });
    return cost;
  };
  return least(0, -1, new Array(groups.length).fill(0));
}

/** Plays `decide` on the kernel and returns the cost. */
function play(scenario: GpuScenario, seed: number, decide: (view: GpuView, decision: GpuDecision) => void): number {
  const kernel = new GpuKernel();
  kernel.reset(scenario, seed);
  const decision = createDecision(scenario.workload.groups.length);
  while (!kernel.done) {
    decide(kernel.view, decision);
    kernel.decide(decision);
  }
  return kernel.cost;
}

/** One best-effort group enabled at a time, with the shortest timeslice. */
function preempting(view: GpuView, decision: GpuDecision): void {
  const others = view.groups - view.critical.reduce((sum, is) => sum + is, 0);
  const turn = Math.floor(view.time / 1e7) % Math.max(1, others);
  let index = 0;
  for (let g = 0; g < view.groups; g++) {
    decision.sliceUs[g] = view.critical[g] === 1 ? 1e6 : 1;
    decision.enabled[g] = view.critical[g] === 1 || index++ === turn ? 1 : 0;
  }
}

function poisson(hz: number, durationNs: number, seed: number, index: number): Float64Array {
  const random = randomStream(seed, "test/arrivals", index);
  const arrivals: number[] = [];
  for (let at = (random.exponential() * 1e9) / hz; at < durationNs; at += (random.exponential() * 1e9) / hz) {
    arrivals.push(Math.round(at));
  }
  return Float64Array.from(arrivals);
}

/** Some critical groups of given loads and some best-effort ones in closed loops. */
function mixOf(critical: number, bestEffort: number, hz: number, ns: number, durationNs: number, seed: number) {
  return [
    ...Array.from({ length: critical }, (_, i) =>
      group({
        ns: ns * (1 + i / 2),
        kernels: 20,
        critical: true,
        arrivals: poisson(hz, durationNs, seed, i),
        prepNs: i % 2 === 0 ? 200_000 : 0,
        slo: 1.2,
        scales: Float64Array.of(1, 1.5, 0.7),
      }),
    ),
    ...Array.from({ length: bestEffort }, (_, i) => group({ ns: 5e6 + i * 3e6, kernels: 50 })),
  ];
}

describe("Visits", () => {
  interface Tiny {
    ready: number[];
    service: number[];
    slack: number[];
    duration: number;
    again: number;
    first: number;
    endShare: number;
    timePrice: number;
  }

  function requestsOf({ ready, service, slack, duration }: Tiny): BoundRequests {
    let free = 0;
    const done = Float64Array.from(ready, (at, i) => {
      free = Math.max(free, at) + service[i];
      return free;
    });
    const allowed = Float64Array.from(slack, (own, i) => (done[i] + own < duration ? own : Number.POSITIVE_INFINITY));
    return {
      group: 0,
      count: ready.length,
      counted: ready.length,
      service: Float64Array.from(service),
      aloneDone: done,
      slack: allowed,
      unfinished: allowed.map((own, i) => latePenalty(Math.max(0, duration - done[i]), own)),
    };
  }

  /** Every start on a whole unit of the first `served` requests. */
  function tryAll(tiny: Tiny, requests: BoundRequests, served: number): number {
    const { ready, service, duration, again, first, endShare, timePrice } = tiny;
    const { aloneDone, slack, unfinished } = requests;
    const from = (m: number, free: number): number => {
      let best = Number.POSITIVE_INFINITY;
      if (m === served) {
        const end = m === 0 ? 0 : timePrice * Math.min(duration - free, again * endShare);
        return unfinished.subarray(served).reduce((sum, penalty) => sum + penalty, end);
      }
      for (let start = Math.max(free, ready[m]); start + service[m] <= duration; start++) {
        const lost = m === 0 ? Math.min(start, first) : Math.min(start - free, again);
        const end = start + service[m];
        const cost = timePrice * (lost + service[m]) + latePenalty(Math.max(0, end - aloneDone[m]), slack[m]);
        best = Math.min(best, cost + from(m + 1, end));
      }
      return best;
    };
    return from(0, 0);
  }

  const tiny: fc.Arbitrary<Tiny> = fc.integer({ min: 1, max: 5 }).chain((n) =>
    fc.record({
      ready: fc
        .array(fc.integer({ min: 0, max: 12 }), { minLength: n, maxLength: n })
        .map((list) => list.sort((a, b) => a - b)),
      service: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: n, maxLength: n }),
      slack: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: n, maxLength: n }),
      duration: fc.integer({ min: 8, max: 20 }),
      again: fc.integer({ min: 0, max: 5 }),
      first: fc.integer({ min: 0, max: 3 }),
      endShare: fc.constantFrom(0, 0.5, 1),
      timePrice: fc.constantFrom(0, 0.001, 0.02, 0.07, 0.2, 0.6),
    }),
  );

  it("is exact: no schedule that is tried costs less, and one costs as much", () => {
    fc.assert(
      fc.property(tiny, (one) => {
        const requests = requestsOf(one);
        const { timePrice, again, first, endShare } = one;
        const prices = { timePrice, penaltyPrice: 1, firstNs: first, againNs: again, endNs: again * endShare };
        const visits = new Visits(requests, one.duration);
        const found = new Float64Array(visits.count + 1);
        // Nothing of one use may be left in the next.
        visits.leastByServed({ ...prices, timePrice: 0.3 }, found);
        visits.leastByServed(prices, found);
        for (let served = 0; served <= visits.count; served++) {
          const best = tryAll(one, requests, served);
          if (best === Number.POSITIVE_INFINITY) expect(found[served]).toBe(best);
          else expect(found[served]).toBeCloseTo(best, 10);
        }
      }),
      { seed: 1, numRuns: 600 },
    );
  });

  it("serves two requests in one visit when that is worth more than lateness", () => {
    const one = {
      ready: [0, 10],
      service: [1, 1],
      slack: [10, 10],
      duration: 100,
      again: 8,
      first: 0,
      endShare: 0,
      timePrice: 0,
    };
    const visits = new Visits(requestsOf(one), 100);
    const found = new Float64Array(3);
    const cost = (timePrice: number) => {
      visits.leastByServed({ timePrice, penaltyPrice: 1, firstNs: 0, againNs: 8, endNs: 0 }, found);
      return found[2];
    };
    // At once: 2 served and 8 lost. Together: 2 served, the first 9 late of 10 allowed.
    expect(cost(0.01)).toBeCloseTo(10 * 0.01, 12);
    expect(cost(0.04)).toBeCloseTo(2 * 0.04 + 0.25 * 0.9, 12);
  });
});

describe("overlapPenalty", () => {
  const one = (start: number, service: number, slack: number): BoundRequests => ({
    group: 0,
    count: 1,
    counted: 1,
    service: Float64Array.of(service),
    aloneDone: Float64Array.of(start + service),
    slack: Float64Array.of(slack),
    unfinished: Float64Array.of(1),
  });

  it("makes one of two that cannot both be in time late", () => {
    // The second ends 1000 late at best, 10 slacks: at least the penalty of the level below.
    const groups = [one(1000, 1000, 100), one(1000, 1000, 100)];
    const found = overlapPenalty(groups, [0.5, 0.5], 1e6, 0);
    expect(found).toBeLessThanOrEqual(0.5 * latePenalty(1000, 100));
    expect(found).toBeCloseTo(0.5 * latePenalty(800, 100), 9);
  });

  it("takes the cheaper one", () => {
    const groups = [one(1000, 1000, 100), one(1000, 1000, 100)];
    expect(overlapPenalty(groups, [0.1, 0.5], 1e6, 0)).toBeCloseTo(0.1 * latePenalty(800, 100), 9);
  });

  it("is 0 for requests that do not meet", () => {
    expect(overlapPenalty([one(1000, 1000, 100), one(2000, 1000, 100)], [0.5, 0.5], 1e6, 0)).toBe(0);
  });

  it("counts the change of group between two that would just fit", () => {
    const groups = [one(1000, 1000, 100), one(1950, 1000, 100)];
    expect(overlapPenalty(groups, [0.5, 0.5], 1e6, 0)).toBeLessThan(0.5 * 0.25);
    expect(overlapPenalty(groups, [0.5, 0.5], 1e6, 60)).toBeGreaterThanOrEqual(0.5 * 0.75);
  });

  it("does not count what the end of the run comes before", () => {
    expect(overlapPenalty([one(1000, 1000, 100), one(1000, 1000, 100)], [0.5, 0.5], 2000, 0)).toBe(0);
  });
});

function byTime(scenario: GpuScenario): number {
  return gpuTimeBound(scenario, SEED);
}

describe("the bound of sharing by time", () => {
  it("is at or below the best of all schedules, and equal with one critical and one best-effort group", () => {
    let single = 0;
    let singleBest = 0;
    const slots = fc.uniqueArray(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(
        fc.array(slots, { minLength: 1, maxLength: 2 }),
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom(1.2, 2, 3),
        fc.integer({ min: 1, max: 2 }),
        fc.integer({ min: 24, max: 30 }),
        (starts, length, slo, bestEffort, duration) => {
          const ready = starts.map((list) => list.sort((a, b) => a - b));
          const groups = ready.map((list, g) => slotGroup(g, list, length + (g % 2), slo));
          for (let i = 0; i < (ready.length > 1 ? 1 : bestEffort); i++) groups.push(group({ ns: SLOT * 1000 }));
          const scenario = scenarioOf(groups, duration * SLOT, SLOT_GPU);
          const bound = byTime(scenario);
          const best = bestOfAll(scenario, ready);
          expect(bound).toBeLessThanOrEqual(best + 1e-12);
          if (ready.length > 1 || bestEffort > 1) return;
          single += bound;
          singleBest += best;
        },
      ),
      { seed: 2, numRuns: 60 },
    );
    expect(single / singleBest).toBeGreaterThan(0.999);
  });

  it("is what two visits lose, counted by hand", () => {
    // Two requests of 1 ms far apart in 100 ms: a change before the first, two between them, one after. Batching would be too late.
    const arrivals = Float64Array.of(20e6, 60e6);
    const critical = group({ ns: 1e6, critical: true, arrivals, slo: 1.2 });
    const scenario = scenarioOf([critical, group({ ns: 5e6 })], 1e8);
    const { baseNs } = scenario.architecture;
    expect(byTime(scenario)).toBeCloseTo((4 * baseNs) / 98e6, 8);
  });

  it("counts the entry of the second best-effort group, and none of the first", () => {
    const scenario = scenarioOf([group({ ns: 5e7 }), group({ ns: 1e8 })], 1e8);
    const { baseNs } = scenario.architecture;
    expect(byTime(scenario)).toBeCloseTo(baseNs / (1e8 + 2 * baseNs), 8);
    // The first is taken off at its request's end. What else is lost is the launch at the start.
    const cost = play(scenario, SEED, (view, decision) => {
      decision.sliceUs.fill(1e6);
      decision.hold[0] = view.time > 45e6 ? HOLD_REQUEST : HOLD_NONE;
    });
    expect(cost).toBeGreaterThanOrEqual(byTime(scenario));
    expect(cost).toBeLessThan((baseNs + 44_000) / 1e8);
  });

  it("is 0 where nothing is forced", () => {
    const critical = group({ ns: 1e6, critical: true, arrivals: Float64Array.of(20e6, 60e6) });
    expect(byTime(scenarioOf([critical], 1e8))).toBe(0);
    const closed = group({ ns: 1e6, critical: true, thinkNs: 1e6 });
    expect(byTime(scenarioOf([closed, group({ ns: 5e6 })], 1e8))).toBeLessThan(1e-9);
  });

  it("does not fall when changing groups takes longer", () => {
    let last = 0;
    for (const baseNs of [0, 1e4, 4e4, 1e5, 3e5]) {
      // Slacks hang on the time of a switch: what is saved is shortened by as much.
      const architecture = { ...findArchitecture("a100"), saveNs: 4e5 - baseNs, baseNs };
      const bound = byTime(scenarioOf(mixOf(1, 2, 150, 1e6, 3e8, 5), 3e8, architecture));
      expect(bound).toBeGreaterThanOrEqual(last);
      last = bound;
    }
    expect(last).toBeGreaterThan(0.02);
  });

  it("rises with the number of critical groups that want the same GPU", () => {
    const bounds = [1, 2, 4].map((critical) => byTime(scenarioOf(mixOf(critical, 1, 60, 2e6, 3e8, 5), 3e8)));
    expect(bounds[1]).toBeGreaterThan(bounds[0]);
    expect(bounds[2]).toBeGreaterThan(bounds[1]);
    expect(bounds[2]).toBeGreaterThan(0.1);
  });

  it("does not hang on a group whose requests the driver may end", () => {
    const architecture = { ...findArchitecture("a100"), timeoutNs: 10_000 };
    expect(byTime(scenarioOf(mixOf(3, 0, 100, 2e6, 2e8, 5), 2e8, architecture))).toBe(0);
  });

  it("is at or below the cost of every policy that is played", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 3 }),
        fc.double({ min: 20, max: 300, noNaN: true }),
        fc.double({ min: 2e5, max: 4e6, noNaN: true }),
        fc.constantFrom("v100", "a100", "rtx3080"),
        fc.integer({ min: 0, max: 1000 }),
        (critical, bestEffort, hz, ns, gpu, seed) => {
          const groups = mixOf(critical, bestEffort, hz, ns, 6e7, seed);
          const scenario = scenarioOf(groups, 6e7, findArchitecture(gpu));
          const bound = gpuTimeBound(scenario, seed);
          const random = randomStream(seed, "test/decisions");
          const policies = [
            () => {},
            preempting,
            (_: GpuView, decision: GpuDecision) => {
              const g = random.integer(groups.length);
              decision.sliceUs[g] = [1, 200, 1024, 1e6][random.integer(4)];
              decision.enabled[g] = random.integer(4) === 0 ? 0 : 1;
              decision.mode[g] = random.integer(3);
              decision.hold[g] = random.integer(3) === 0 ? 3 : 0;
              decision.spin[g] = random.integer(8) === 0 ? 1 : 0;
              decision.interleave[g] = random.integer(3);
            },
          ];
          for (const policy of policies) expect(play(scenario, seed, policy)).toBeGreaterThanOrEqual(bound);
        },
      ),
      { seed: 4, numRuns: 40 },
    );
  });

  it("takes less than 50 ms for 400 requests", () => {
    for (const [critical, hz, ns] of [
      [1, 400, 5e5],
      [4, 100, 1.5e6],
      [4, 100, 6e6],
    ]) {
      const scenario = scenarioOf(mixOf(critical, 3, hz, ns, 1e9, 5), 1e9);
      // The fastest of several: other processes may hold one up.
      let fastest = Number.POSITIVE_INFINITY;
      for (let i = 0; i < 8; i++) {
        const start = performance.now();
        gpuBound(scenario, SEED);
        fastest = Math.min(fastest, performance.now() - start);
      }
      expect(fastest).toBeLessThan(50);
    }
  });
});
