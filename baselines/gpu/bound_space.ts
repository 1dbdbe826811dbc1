import { CAPACITY } from "../../kernel/gpu/co_run.ts";
import { type GpuWorkload, type KernelSequence, MAX_GROUPS } from "../../kernel/gpu/workload.ts";
import { overlapPenalty } from "./bound_overlap.ts";
import type { BoundRequests } from "./bound_requests.ts";

/** Upper limit of what the rounding of speeds to 2^-20 adds to the sum of all speeds, with a factor of two to spare. */
const RATE_ROUNDING = MAX_GROUPS * 2 ** -19;

/**
 * Least lateness under every sharing by space. 0 with fewer than two critical groups.
 *
 * **Speed.** Each group runs one kernel at a time, in order, and no kernel runs faster than alone. So no request starts
 * or ends before it would alone, first come, first served.
 *
 * **Multiprocessors.** Over the kernels that run together, the sum of speed * occupancy is at most `CAPACITY`. With
 * streams and with caps, each kernel holds speed * occupancy / `CAPACITY` of the multiprocessors, and all together hold
 * no more than there are. Memory only slows them. In a partition, speed * occupancy is at most the share of a group,
 * and shares add up to at most 1. So a request needs length * occupancy / `CAPACITY` of the time of the whole GPU,
 * summed over its kernels, at any speed and beside any other kernels. Overheads, drains and kernels that start again
 * only add to that. `overlapPenalty` does the rest, without entries, because there are no contexts to change. Bandwidth
 * could be divided in the same way, but it is short less often: it raised no bound of the training workloads.
 *
 * **Best effort** is free here. It is entitled to what critical work leaves of the time of a GPU that does one thing at
 * a time, and side by side the GPU does up to `CAPACITY` times as much. Sums like those above force starvation only
 * where critical work is longer than the run.
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

/** `[requests]` least time of all multiprocessors that each request takes, ns. */
function multiprocessorNeeds({ service }: BoundRequests, { durations, ends, occupancy }: KernelSequence): Float64Array {
  let held = 0;
  let rounding = 0;
  for (let k = 0; k < durations.length; k++) {
    held += durations[k] * occupancy[k];
    if (k > 0) rounding += Math.abs(occupancy[k] - occupancy[k - 1]);
  }
  const mean = held / ends[ends.length - 1];
  // A kernel ends and the next begins at a whole ns: less than 1 ns may count as the other of the two.
  return service.map((own) => Math.max(0, own * mean - rounding) / (CAPACITY * (1 + RATE_ROUNDING)));
}
