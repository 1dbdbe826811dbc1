import { CAPACITY } from "../../kernel/gpu/co_run.ts";
import { type GpuWorkload, type KernelSequence, MAX_GROUPS } from "../../kernel/gpu/workload.ts";
import { overlapPenalty } from "./bound_overlap.ts";
import type { BoundRequests } from "./bound_requests.ts";

/** What the rounding of speeds to 2^-20 may add to the sum of all, twice over. */
const RATE_ROUNDING = MAX_GROUPS * 2 ** -19;

/**
 * Least lateness under every sharing by space; 0 with fewer than two critical groups.
 *
 * **Speed.** Of each group one kernel runs at a time, in order, and none faster than alone. So no request starts before it
 * would alone, first come, first served, nor is it done before.
 *
 * **Multiprocessors.** Of the kernels that run together the sum of speed * occupancy is at most `CAPACITY`: with streams and
 * with caps each holds speed * occupancy / `CAPACITY` of the multiprocessors, and all together hold no more than there are;
 * memory only slows them. In a partition speed * occupancy is at most a group's share, and shares add up to at most 1. So
 * a request needs length * occupancy / `CAPACITY` of the whole GPU's time, summed over its kernels, however fast and beside
 * whatever it runs. Overheads, drains and kernels that start again only add to that. What follows is for `overlapPenalty`,
 * without entries, as there are no contexts to change. Bandwidth could be divided up in the same way, but is short less often:
 * it raised no bound of the workloads to train on.
 *
 * **Best effort** is free here. It is entitled to what critical work leaves of the time of a GPU that does one thing at a time,
 * and side by side the GPU does up to `CAPACITY` times as much: sums like those above force starvation only where critical
 * work is longer than the run.
 *
 * @param weights `[groups of requests]` cost of a request whose penalty is 1
 */
export function spaceBound(
  { groups, durationNs }: GpuWorkload,
  requests: readonly BoundRequests[],
  weights: readonly number[],
): number {
  if (requests.length < 2) return 0;
  const needs = requests.map((own) => multiprocessorNeeds(own, groups[own.group].sequence));
  return overlapPenalty(requests, weights, durationNs, 0, needs);
}

/** `[requests]` least time of all multiprocessors that each takes, ns. */
function multiprocessorNeeds({ service }: BoundRequests, { durations, ends, occupancy }: KernelSequence): Float64Array {
  let held = 0;
  let rounding = 0;
  for (let k = 0; k < durations.length; k++) {
    held += durations[k] * occupancy[k];
    if (k > 0) rounding += Math.abs(occupancy[k] - occupancy[k - 1]);
  }
  const mean = held / ends[ends.length - 1];
  // Where one kernel ends and the next begins is a whole ns: less than 1 ns may count as the other of the two.
  return service.map((own) => Math.max(0, own * mean - rounding) / (CAPACITY * (1 + RATE_ROUNDING)));
}
