import type { GpuHeuristic } from "../baselines/gpu/types.ts";
import { findArchitecture } from "../kernel/gpu/architecture.ts";
import { createDecision, type GpuDecision } from "../kernel/gpu/decision.ts";
import { GpuKernel } from "../kernel/gpu/gpu.ts";
import type { GpuScenario } from "../kernel/gpu/scenario.ts";
import type { GpuView } from "../kernel/gpu/view.ts";
import { type GpuGroup, type KernelSequence, kernelSequence } from "../kernel/gpu/workload.ts";
import { randomStream } from "../kernel/random.ts";

/** What differs from a best-effort client in a closed loop without preparation, whose requests are all as declared. */
export type GroupDetails = Partial<Omit<GpuGroup, "sequence">>;

/** A best-effort client that sends the next request when the last is done, but for what is given. */
export function clientOf(sequence: KernelSequence, details: GroupDetails = {}): GpuGroup {
  return {
    name: details.critical ? "critical" : "best-effort",
    critical: false,
    sequence,
    arrivals: null,
    thinkNs: 0,
    after: [],
    prepNs: 0,
    scales: Float64Array.of(1),
    declared: Float64Array.of(1),
    slo: 1.2,
    instructionPreemption: true,
    ...details,
  };
}

/** `count` kernels of `ns` each. */
export function equalKernels(count: number, ns: number): KernelSequence {
  return kernelSequence(`${count} x ${ns} ns`, new Float64Array(count).fill(ns));
}

/** Poisson arrivals at mean distance `gapNs` until `untilNs`, ns. */
export function poissonArrivals(gapNs: number, untilNs: number, seed: number): Float64Array {
  const random = randomStream(seed, "scenario/poisson");
  const times: number[] = [];
  for (let at = gapNs * random.exponential(); at < untilNs; at += gapNs * random.exponential()) {
    times.push(Math.round(at));
  }
  return Float64Array.from(times);
}

/** One arrival in every period of `gapNs`, at a uniformly random time of its first half, until `untilNs`, ns. */
export function jitteredArrivals(gapNs: number, untilNs: number, seed: number): Float64Array {
  const random = randomStream(seed, "scenario/jitter");
  const periods = Math.floor(untilNs / gapNs);
  return Float64Array.from({ length: periods }, (_, i) => Math.round(gapNs * (i + random.uniform(0, 0.5))));
}

/** Settings of a scenario that differ from an A100 without control latency, minimum slice and cold caches. */
export interface ScenarioDetails extends Partial<Omit<GpuScenario, "workload" | "architecture">> {
  architecture?: string;
  durationNs?: number;
}

/** A scenario of groups that take turns, 1 s on an A100 but for what is given. */
export function gpuScenario(
  groups: readonly GpuGroup[],
  { architecture = "a100", durationNs = 1e9, controlNs = 0, minSliceUs = 1, coldNs = 0 }: ScenarioDetails = {},
): GpuScenario {
  return {
    workload: { name: "scenario", groups, durationNs, sharing: "time-slice" },
    architecture: findArchitecture(architecture),
    controlNs,
    minSliceUs,
    coldNs,
  };
}

/** Changes the decision for this view; it starts as the one that leaves everything to the hardware. */
export type GpuStep = (decision: GpuDecision, view: GpuView, kernel: GpuKernel) => void;

/** Runs a scenario to its end under a heuristic or a step, and checks every conservation law on the way. */
export function runGpu(scenario: GpuScenario, policy: GpuHeuristic | GpuStep = () => {}, seed = 1): GpuKernel {
  const kernel = new GpuKernel();
  kernel.reset(scenario, seed);
  if (typeof policy === "function") {
    const decision = createDecision(scenario.workload.groups.length);
    while (!kernel.done) {
      policy(decision, kernel.view, kernel);
      kernel.decide(decision);
    }
  } else {
    policy.reset();
    while (!kernel.done) kernel.decide(policy.decide(kernel.view));
  }
  kernel.checkInvariants();
  return kernel;
}

/** Mean of some numbers. */
export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** The least of some numbers that at least `share` of them do not exceed. */
export function quantileOf(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
