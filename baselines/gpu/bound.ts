import type { GpuScenario } from "../../kernel/gpu/scenario.ts";
import { type BoundRequests, boundRequests } from "./bound_requests.ts";
import { spaceBound } from "./bound_space.ts";
import { timeBound } from "./bound_time.ts";

/** What rounding may take off a sum of penalties, relative. */
const ROUNDING = 1e-9;

/**
 * The certified bound: the cost below which no policy brings a run, however much it knows and however it has the groups share
 * the GPU; 1 of the score. It may see the future; policies may not.
 *
 * The sharing is decided once a run, by time or by space, so the lesser of a bound for each holds for every run. It is always
 * `spaceBound`: all that is used of sharing by space is true of sharing by time too, where one kernel runs at a time, at its
 * speed alone and with no more than all multiprocessors. What the changes of group cost in addition is in
 * `gpuTimeBound`, for runs that are known to share by time.
 *
 * @param seed of the run: launch latencies hang on it
 */
export function gpuBound(scenario: GpuScenario, seed: number): number {
  const { requests, weights } = weighted(scenario, seed);
  return spaceBound(scenario.workload, requests, weights) * (1 - ROUNDING);
}

/** The same for policies that have the groups share the GPU by time: at least `gpuBound`. */
export function gpuTimeBound(scenario: GpuScenario, seed: number): number {
  const { requests, weights } = weighted(scenario, seed);
  const bySpace = spaceBound(scenario.workload, requests, weights);
  return Math.max(bySpace, timeBound(scenario, requests, weights)) * (1 - ROUNDING);
}

/** The requests for which something is forced, and what one of each group costs when its penalty is 1. */
function weighted(scenario: GpuScenario, seed: number): { requests: BoundRequests[]; weights: number[] } {
  const requests = boundRequests(scenario, seed);
  const groups = scenario.workload.groups.filter(({ critical }) => critical).length;
  return { requests, weights: requests.map(({ counted }) => 1 / (groups * counted)) };
}
