import { findArchitecture } from "../../kernel/gpu/architecture.ts";
import { DEFAULT_SLICE_US } from "../../kernel/gpu/decision.ts";
import {
  clientOf,
  equalKernels,
  gpuScenario,
  jitteredArrivals,
  meanOf,
  poissonArrivals,
  runGpu,
} from "../scenarios/gpu.ts";

/** A mean time from arithmetic and from simulation, us. */
export interface ClosedForm {
  readonly expected: number;
  readonly simulated: number;
}

/** Length of kernels, us: so short that the length of a single kernel does not matter. */
const KERNEL_US = 100;
const KERNEL_NS = 1000 * KERNEL_US;

/** Seeds over which the simulated times are averaged. */
const SEEDS = [1, 2, 3, 4];

/**
 * Mean delay of a critical request of `serviceUs` that arrives at a random time, beside `others` best-effort groups
 * that always have work. All groups take turns of the hardware's timeslice. The request waits for the rest of a round
 * until its turn, and for one more round before each further turn.
 */
export function roundRobinDelay(serviceUs: number, others: number, architecture: string): ClosedForm {
  const { trapNs, saveNs, restoreNs, baseNs } = findArchitecture(architecture);
  const change = (trapNs + saveNs + restoreNs + baseNs) / 1000;
  const round = others * (DEFAULT_SLICE_US + change);
  const wait = DEFAULT_SLICE_US / 2 + ((others - 1) / 2) * (DEFAULT_SLICE_US + change) + change;
  const turns = Math.ceil(serviceUs / DEFAULT_SLICE_US);
  const durationNs = 2e10;
  const delays = SEEDS.map((seed) => {
    // Arrivals are so far apart that no request waits for the previous request.
    const arrivals = jitteredArrivals(1e8, durationNs, seed);
    const critical = clientOf(equalKernels(serviceUs / KERNEL_US, KERNEL_NS), { critical: true, arrivals });
    const busy = Array.from({ length: others }, () => clientOf(equalKernels(100_000, KERNEL_NS)));
    const { costs } = runGpu(gpuScenario([critical, ...busy], { architecture, durationNs }), undefined, seed);
    return meanOf(costs.latencies) - meanOf(costs.standalone);
  });
  return { expected: wait + (turns - 1) * (round + change), simulated: meanOf(delays) / 1000 };
}

/**
 * Mean time in the queue of a group that is alone on the GPU: Poisson arrivals, requests of 1 ms, this load. An M/D/1
 * queue.
 */
export function lonelyQueue(load: number): ClosedForm {
  const serviceNs = 1e6;
  const durationNs = 1e11;
  const waits = SEEDS.map((seed) => {
    const arrivals = poissonArrivals(serviceNs / load, durationNs, seed);
    const critical = clientOf(equalKernels(1, serviceNs), { critical: true, arrivals });
    const { costs } = runGpu(gpuScenario([critical], { durationNs }), undefined, seed);
    return meanOf(costs.latencies) - meanOf(costs.standalone);
  });
  return { expected: (load * serviceNs) / (2 * (1 - load)) / 1000, simulated: meanOf(waits) / 1000 };
}
