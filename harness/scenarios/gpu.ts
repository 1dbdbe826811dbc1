import type { GpuEntry, GpuHeuristic } from "../../baselines/gpu/types.ts";
import { type KnobValues, startValues } from "../../baselines/knobs.ts";
import { findArchitecture } from "../../kernel/gpu/architecture.ts";
import { createDecision, type GpuDecision } from "../../kernel/gpu/decision.ts";
import { GpuKernel } from "../../kernel/gpu/gpu.ts";
import type { GpuScenario } from "../../kernel/gpu/scenario.ts";
import type { GpuView } from "../../kernel/gpu/view.ts";
import { type GpuGroup, type KernelSequence, kernelSequence } from "../../kernel/gpu/workload.ts";
import { randomStream } from "../../kernel/random.ts";
import type { DisbName } from "../../workloads/gpu/disb.ts";

/**
 * Time that a request loses to cold caches when whole requests of published experiments run beside others, ns. Source:
 * choice, the middle of the 0 to 40 us that GPreempt's paper leaves for it.
 */
export const COLD_NS = 20_000;

/** Number of seeds over which published figures are averaged. */
export const SEEDS = 3;

/** DISB's mixes, and how much of each one is run, ns. */
export const DISB: readonly DisbName[] = ["A", "B", "C"];
export const DISB_NS = 3e9;

/** Makes a heuristic with its starting constants, except for `values`. */
export function starting(entry: GpuEntry, values: KnobValues = {}): () => GpuHeuristic {
  return () => entry.create({ ...startValues(entry.knobs), ...values });
}

/** Differences from a best-effort client in a closed loop without preparation, whose requests are all as declared. */
export type GroupDetails = Partial<Omit<GpuGroup, "sequence">>;

/** A best-effort client that sends a request when the previous one is done, except for `details`. */
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

/** Poisson arrivals with mean gap `gapNs` until `untilNs`, ns. */
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

/** Settings that differ from an A100 without control latency, minimum slice and cold caches. */
export interface ScenarioDetails extends Partial<Omit<GpuScenario, "workload" | "architecture">> {
  architecture?: string;
  durationNs?: number;
}

/** A scenario of groups that take turns: 1 s on an A100, except for the given settings. */
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

/** Changes the decision for this view. Initially, the decision leaves everything to the hardware. */
export type GpuStep = (decision: GpuDecision, view: GpuView, kernel: GpuKernel) => void;

/** Runs a scenario to its end under a heuristic or a step, then checks every conservation law. */
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

/** Mean of the values. */
export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** The least value that at least a share `share` of the values does not exceed. */
export function quantileOf(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** Delays of critical requests, and the throughput of a whole run. */
export interface CriticalFigures {
  /** Latencies of critical requests, ns. */
  readonly latencies: readonly number[];
  /** Latencies minus the time of each request alone, ns. */
  readonly delays: readonly number[];
  /** Finished requests of all groups, per second. */
  readonly throughput: number;
}

/** Runs a scenario under several seeds and collects the figures of critical requests. */
export function criticalFigures(
  scenarioOf: (seed: number) => GpuScenario,
  policy: () => GpuHeuristic,
  seeds: number,
): CriticalFigures {
  const latencies: number[] = [];
  const delays: number[] = [];
  let requests = 0;
  let seconds = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const { costs, view, time } = runGpu(scenarioOf(seed), policy(), seed);
    costs.latencies.forEach((latency, i) => {
      latencies.push(latency);
      delays.push(latency - costs.standalone[i]);
    });
    requests += view.completed.reduce((sum, count) => sum + count, 0);
    seconds += time / 1e9;
  }
  return { latencies, delays, throughput: requests / seconds };
}

/**
 * Measures how long it takes until another group could run while a best-effort group has the GPU to itself, ns, for 400
 * decisions at random times. The time includes the end of its work and the change of groups.
 *
 * @param kernelNs length of each kernel of the group
 * @param off makes the decision that takes the group off the GPU
 * @param depth kernels of the group in flight, 0 for no limit
 */
export function leavingTimes(
  details: ScenarioDetails,
  kernelNs: number,
  off: (decision: GpuDecision) => void,
  depth = 0,
): number[] {
  const random = randomStream(1, "scenario/leaving");
  const pause = 20 * kernelNs;
  const times: number[] = [];
  const kernel = new GpuKernel();
  // One request that is too long to end during the measurement.
  const client = clientOf(equalKernels(100_000, kernelNs), { arrivals: Float64Array.of(0) });
  const scenario = gpuScenario([client], { ...details, durationNs: 1000 * pause });
  const { baseNs } = scenario.architecture;
  kernel.reset(scenario, 1);
  const decision = createDecision(1);
  decision.depth[0] = depth;
  const until = (time: number) => {
    while (!kernel.done && kernel.time < time) {
      decision.wakeUp = time;
      kernel.decide(decision);
    }
  };
  until(pause);
  while (times.length < 400) {
    until(kernel.time + Math.round(random.uniform(0.5, 1) * pause));
    const { busy, switching } = kernel.ledger;
    const on = structuredClone(decision);
    off(decision);
    until(kernel.time + pause);
    times.push(kernel.ledger.busy - busy + kernel.ledger.switching - switching + baseNs);
    decision.hold.set(on.hold);
    decision.enabled.set(on.enabled);
  }
  return times;
}
