import { describe, expect, it } from "vitest";
import { blockWait } from "../../baselines/gpu/block_wait.ts";
import { gpuBound, gpuTimeBound } from "../../baselines/gpu/bound.ts";
import { np } from "../../baselines/gpu/np.ts";
import { orion } from "../../baselines/gpu/orion.ts";
import { clientOf, gpuScenario, starting } from "../../harness/scenarios/gpu.ts";
import { ARCHITECTURES } from "../../kernel/gpu/architecture.ts";
import { CAPACITY } from "../../kernel/gpu/co_run.ts";
import { latePenalty, launchNs, slackNs } from "../../kernel/gpu/cost.ts";
import {
  createDecision,
  type GpuDecision,
  HOLD_KERNEL,
  HOLD_NONE,
  SHARING_PARTITION,
  SHARING_SHARES,
  SHARING_STREAMS,
} from "../../kernel/gpu/decision.ts";
import type { GpuKernel } from "../../kernel/gpu/gpu.ts";
import type { GpuScenario } from "../../kernel/gpu/scenario.ts";
import type { GpuView } from "../../kernel/gpu/view.ts";
import { type GpuGroup, kernelSequence } from "../../kernel/gpu/workload.ts";
import { hashKey, type RandomStream, randomStream } from "../../kernel/random.ts";
import { gpuWorkloads } from "../../workloads/gpu/catalog.ts";
import { scramble, started } from "../kernel/gpu/fixtures.ts";

const SEED = 3;

/** Runs to the end; `decide` may change the decision at every decision point. */
function costOf(kernel: GpuKernel, decision: GpuDecision, decide: (view: GpuView) => void = () => {}): number {
  while (!kernel.done) {
    decide(kernel.view);
    kernel.decide(decision);
  }
  return kernel.cost;
}

/** Critical groups, each with a request of 1 ms whose kernel has that occupancy, all ready at 5 ms. */
function atOnce(groups: number, occupancy: number, slo = 1.2): GpuScenario {
  const key = hashKey(SEED, "gpu/launch");
  const sequence = kernelSequence("one", [1e6], { occupancy: [occupancy], limit: [1] });
  const clients = Array.from({ length: groups }, (_, g) =>
    clientOf(sequence, { critical: true, slo, arrivals: Float64Array.of(5e6 - launchNs(key, g, 0)) }),
  );
  return gpuScenario(clients, { durationNs: 1e8 });
}

/** Critical groups that ask for much together, of kernels of all kinds, and up to two of best effort. 8 ms. */
function crowded(random: RandomStream): GpuScenario {
  const durationNs = 8e6;
  const critical = 2 + random.integer(3);
  const least = random.uniform(0.2, 1);
  const groups = Array.from({ length: critical + random.integer(3) }, (_, g): GpuGroup => {
    const kernels = 1 + random.integer(10);
    const lengths = Array.from({ length: kernels }, () => random.uniform(1000, 800_000 / kernels));
    const sequence = kernelSequence("random", lengths, {
      occupancy: lengths.map(() => Math.min(1, random.uniform(least, 1.5))),
      limit: lengths.map(() => random.integer(3) - 1),
    });
    if (g >= critical) return clientOf(sequence);
    const gap = (sequence.ends[kernels - 1] * critical) / random.uniform(0.5, 1.5);
    const arrivals: number[] = [];
    for (let at = 0; at < durationNs; at += Math.round(gap * random.uniform(0.3, 1.7)) + 1) arrivals.push(at);
    return clientOf(sequence, {
      critical: true,
      arrivals: Float64Array.from(arrivals),
      prepNs: random.integer(2) * 100_000,
      scales: Float64Array.of(1, random.uniform(0.5, 1.5)),
      slo: random.uniform(1.05, 2),
    });
  });
  return gpuScenario(groups, { durationNs, architecture: ["v100", "h100"][random.integer(2)] });
}

/** Lets only the critical request with the earliest deadline run, and best effort when there is none. */
function earliestFirst({ groups, queued, critical, headDeadline }: GpuView, { hold }: GpuDecision): void {
  let first = -1;
  for (let g = 0; g < groups; g++) {
    if (queued[g] > 0 && critical[g] === 1 && (first < 0 || headDeadline[g] < headDeadline[first])) first = g;
  }
  for (let g = 0; g < groups; g++) hold[g] = first < 0 || g === first ? HOLD_NONE : HOLD_KERNEL;
}

describe("gpuBound", () => {
  it("makes one late of two that fill the GPU, by as much as both take together", () => {
    const scenario = atOnce(2, 1);
    const slack = slackNs(scenario.workload.groups[0], 1e6, scenario.architecture);
    const late = 2e6 / CAPACITY - 1e6;
    // Counted in levels of lateness, of which 4 slacks is the one below.
    expect(late / slack).toBeGreaterThan(4);
    expect(late / slack).toBeLessThan(8);
    expect(gpuBound(scenario, SEED)).toBeCloseTo(0.5 * latePenalty(4 * slack, slack), 8);
    const decision = { ...createDecision(2), sharing: SHARING_STREAMS };
    expect(costOf(started(scenario, SEED), decision)).toBeGreaterThanOrEqual(gpuBound(scenario, SEED));
  });

  it("is 0 for requests that fit side by side, as they cost nothing then", () => {
    const scenario = atOnce(2, 0.5);
    expect(gpuBound(scenario, SEED)).toBe(0);
    expect(costOf(started(scenario, SEED), { ...createDecision(2), sharing: SHARING_STREAMS })).toBe(0);
  });

  it("is 0 beside a single critical group", () => {
    const scenario = atOnce(1, 1);
    const groups = [...scenario.workload.groups, clientOf(kernelSequence("other", [1e6]))];
    expect(gpuBound({ ...scenario, workload: { ...scenario.workload, groups } }, SEED)).toBe(0);
  });

  it("rises with occupancy and with the number of groups", () => {
    const bounds = [0.6, 0.8, 1].map((occupancy) => gpuBound(atOnce(4, occupancy), SEED));
    expect(bounds[1]).toBeGreaterThan(bounds[0]);
    expect(bounds[2]).toBeGreaterThan(bounds[1]);
    expect(gpuBound(atOnce(6, 1), SEED)).toBeGreaterThan(bounds[2]);
  });

  it("is at or below the cost of every policy that is played under every sharing by space", () => {
    let positive = 0;
    let closest = Number.POSITIVE_INFINITY;
    const runs = 200;
    for (let seed = 0; seed < runs; seed++) {
      const random = randomStream(seed, "test/space");
      const scenario = crowded(random);
      const bound = gpuBound(scenario, seed);
      const n = scenario.workload.groups.length;
      if (bound > 0) positive++;
      const policies: ((decision: GpuDecision) => (view: GpuView) => void)[] = [
        () => () => {},
        (decision) => (view) => scramble(decision, random, view.time),
        (decision) => (view) => {
          decision.hold.forEach((_, g) => {
            decision.hold[g] = random.integer(3) === 0 ? random.integer(5) : HOLD_NONE;
          });
          decision.wakeUp = view.time + 20_000;
        },
        (decision) => (view) => earliestFirst(view, decision),
      ];
      for (const sharing of [SHARING_STREAMS, SHARING_SHARES, SHARING_PARTITION]) {
        for (const policy of policies) {
          const decision = createDecision(n);
          decision.sharing = sharing;
          const most = sharing === SHARING_PARTITION ? 1 / n : 1;
          decision.share.forEach((_, g) => {
            decision.share[g] = most * (random.integer(2) === 0 ? 1 : random.uniform(0.1, 1));
          });
          const cost = costOf(started(scenario, seed), decision, policy(decision));
          expect(cost).toBeGreaterThanOrEqual(bound);
          if (bound > 0.02) closest = Math.min(closest, cost / bound);
        }
      }
    }
    // Else nothing was tested.
    expect(positive).toBeGreaterThan(runs / 2);
    expect(closest).toBeLessThan(2);
  });

  it("is the same whatever the clients do when nobody decides, and less than what sharing by time forces", () => {
    const scenario = atOnce(3, 0.8);
    const workload = { ...scenario.workload, sharing: "streams" as const };
    expect(gpuBound({ ...scenario, workload }, SEED)).toBe(gpuBound(scenario, SEED));
    expect(gpuTimeBound(scenario, SEED)).toBeGreaterThan(gpuBound(scenario, SEED));
  });

  it("is at or below what heuristics of both kinds cost on workloads to train on", () => {
    const entries = gpuWorkloads.filter(({ split }) => split === "train");
    let positive = 0;
    entries.forEach((entry, i) => {
      const workload = entry.open(i + 1, { durationNs: 1e8 });
      const architecture = ARCHITECTURES[i % ARCHITECTURES.length];
      const scenario = { workload, architecture, controlNs: 20_000, minSliceUs: 1, coldNs: 0 };
      const bound = gpuBound(scenario, SEED);
      if (bound > 0) positive++;
      for (const heuristic of [blockWait, np, orion].map((one) => starting(one)())) {
        const kernel = started(scenario, SEED);
        while (!kernel.done) kernel.decide(heuristic.decide(kernel.view));
        expect(kernel.cost).toBeGreaterThanOrEqual(bound);
      }
    });
    expect(positive).toBeGreaterThan(entries.length / 2);
  });
});
