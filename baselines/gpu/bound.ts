import type { GpuScenario } from "../../kernel/gpu/scenario.ts";
import { type BoundRequests, boundRequests } from "./bound_requests.ts";
import { spaceBound } from "./bound_space.ts";
import { timeBound } from "./bound_time.ts";

/** Relative error that rounding may cause in a sum of penalties. */
const ROUNDING = 1e-9;

/**
 * The certified bound: no policy brings the cost of a run below it, however much it knows and however it makes the
 * groups share the GPU. It scores 1. The bound may see the future. Policies may not.
 *
 * The sharing is chosen once per run, by time or by space, so the lesser of a bound for each holds for every run. The
 * lesser is always `spaceBound`: everything that it uses about sharing by space also holds for sharing by time, where
 * one kernel runs at a time, at its speed alone and on no more than all multiprocessors. Changes of group cost time on
 * top of that. `gpuTimeBound` has this cost, for runs that are known to share by time.
 *
 * @param seed of the run; launch latencies depend on it
 */
export function gpuBound(scenario: GpuScenario, seed: number): number {
  const { requests, weights } = weighted(scenario, seed);
  return spaceBound(scenario.workload, requests, weights) * (1 - ROUNDING);
}

/** The bound for policies that share the GPU by time. It is at least `gpuBound`. */
export function gpuTimeBound(scenario: GpuScenario, seed: number): number {
  const { requests, weights } = weighted(scenario, seed);
  const bySpace = spaceBound(scenario.workload, requests, weights);
  return Math.max(bySpace, timeBound(scenario, requests, weights)) * (1 - ROUNDING);
}

/** The requests for which something is forced, and the cost of one request of each group whose penalty is 1. */
function weighted(scenario: GpuScenario, seed: number): { requests: BoundRequests[]; weights: number[] } {
  const requests = boundRequests(scenario, seed);
  const groups = scenario.workload.groups.filter(({ critical }) => critical).length;
  return { requests, weights: requests.map(({ counted }) => 1 / (groups * counted)) };
}
