import { aloneDone, LAUNCH_MEDIAN_NS, latePenalty, slackNs } from "../../kernel/gpu/cost.ts";
import { LAUNCH_OVERHEAD, POLLING_OVERHEAD } from "../../kernel/gpu/decision.ts";
import type { GpuScenario } from "../../kernel/gpu/scenario.ts";
import { type GpuGroup, serviceNs } from "../../kernel/gpu/workload.ts";
import { hashKey } from "../../kernel/random.ts";

/**
 * The requests of one critical group as the bound knows them, up to the last that counts in the cost. Times in ns, one
 * element per request.
 */
export interface BoundRequests {
  /** Index of the group in the workload. */
  readonly group: number;
  readonly count: number;
  /** Number of requests that count: their slack ends within the run. */
  readonly counted: number;
  /** Length of each request alone on the GPU. */
  readonly service: Float64Array;
  /** Earliest end of each: alone, in the order of arrival. It starts no earlier than `aloneDone - service`. */
  readonly aloneDone: Float64Array;
  /** Infinity for a request that does not count, which is never late. */
  readonly slack: Float64Array;
  /** Penalty of each request if it is not finished, 0 to 1. */
  readonly unfinished: Float64Array;
}

/**
 * The requests of every critical group for which something is forced.
 *
 * Two kinds of groups are left out. In a closed loop a request arrives when a policy has finished the last one, so its
 * time is not certain. The other kind has a kernel that is longer than a preemption may take: if this kernel is drained
 * where time is shared, the driver ends the request, and the requests behind it may start earlier than one after the
 * other.
 */
export function boundRequests({ workload, architecture }: GpuScenario, seed: number): BoundRequests[] {
  const { groups, durationNs } = workload;
  const key = hashKey(seed, "gpu/launch");
  const found: BoundRequests[] = [];
  groups.forEach((group, index) => {
    if (!group.critical || group.arrivals === null) return;
    const done = aloneDone(group, index, key);
    const slack = done.map((own, i) => {
      const allowed = slackNs(group, serviceNs(group, i), architecture);
      return own + allowed < durationNs ? allowed : Number.POSITIVE_INFINITY;
    });
    const count = slack.findLastIndex(Number.isFinite) + 1;
    if (count === 0) return;
    const service = Float64Array.from({ length: count }, (_, i) => serviceNs(group, i));
    if (longestKernel(group, service) > architecture.timeoutNs) return;
    found.push({
      group: index,
      count,
      counted: slack.reduce((sum, own) => sum + (Number.isFinite(own) ? 1 : 0), 0),
      service,
      aloneDone: done.subarray(0, count),
      slack: slack.subarray(0, count),
      unfinished: slack.subarray(0, count).map((own, i) => latePenalty(durationNs - done[i], own)),
    });
  });
  return found;
}

/** Length of the longest kernel of any request with all overheads, ns, rounded up. */
function longestKernel({ sequence }: GpuGroup, service: Float64Array): number {
  const { durations, ends } = sequence;
  const longest = service.reduce((most, own) => Math.max(most, own), 0);
  const launches = Math.max(LAUNCH_OVERHEAD * longest, LAUNCH_MEDIAN_NS * durations.length);
  const share = Math.max(...durations) / ends[ends.length - 1];
  return Math.ceil((longest * (1 + POLLING_OVERHEAD) + launches) * share) + 1;
}
