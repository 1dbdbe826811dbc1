import { hashUniform } from "../random.ts";
import { type GpuArchitecture, switchNs } from "./architecture.ts";
import { normalDraw } from "./normal_draw.ts";
import { type GpuGroup, type GpuWorkload, serviceNs } from "./workload.ts";

/**
 * Lateness, in slacks, above which the penalty no longer grows. Source: choice; at 5, policies learn to abandon late
 * requests and the tail grows.
 */
export const WORST_SLACKS = 20;

/** Least share of the run to which best-effort work is entitled. Source: choice. */
export const LEAST_FAIR_SHARE = 0.05;

/** Launch latency, ns: median and logarithmic spread. Source: gpu_ext's samples on RTX 5090, p50 6.6 us, p99 44 us. */
export const LAUNCH_MEDIAN_NS = 6600;
const LAUNCH_SPREAD = 0.8;
const LAUNCH_MAX_NS = 44_000;

/** Launch latency of a request, ns, whole. It depends only on the group and the number of the request. */
export function launchNs(key: number, group: number, request: number): number {
  const normal = normalDraw(hashUniform(key, group, 2 * request), hashUniform(key, group, 2 * request + 1));
  return Math.round(Math.min(LAUNCH_MAX_NS, LAUNCH_MEDIAN_NS * Math.exp(LAUNCH_SPREAD * normal)));
}

/**
 * Slack of a critical request: the lateness that its objective allows, ns. It is at least two switches; otherwise every
 * schedule would make short requests late.
 *
 * @param requestNs the request's time on the GPU: the true time for the cost, the declared time for the deadline in the
 *   view
 */
export function slackNs({ slo, prepNs }: GpuGroup, requestNs: number, architecture: GpuArchitecture): number {
  return Math.max(Math.round((slo - 1) * (requestNs + prepNs)), 2 * switchNs(architecture));
}

/**
 * Penalty of a late request, 0 to 1. It rises to 0.25 at the slack, jumps by 0.5 there, and rises to 1 at
 * `WORST_SLACKS`.
 */
export function latePenalty(lateNs: number, slack: number): number {
  const slacks = lateNs / slack;
  if (slacks <= 1) return 0.25 * Math.max(0, slacks);
  return 0.75 + 0.25 * Math.min(1, (slacks - 1) / (WORST_SLACKS - 1));
}

/**
 * When each request of an open-loop group would be done if the group ran alone, ns. The lateness of a request counts
 * from that time, because no scheduler can remove the delay that the group's own burst causes.
 *
 * @param key of the launch latencies
 */
export function aloneDone(group: GpuGroup, index: number, key: number): Float64Array {
  const arrivals = group.arrivals ?? new Float64Array(0);
  const done = new Float64Array(arrivals.length);
  let free = 0;
  for (let i = 0; i < arrivals.length; i++) {
    const ready = arrivals[i] + group.prepNs + launchNs(key, index, i);
    free = Math.max(free, ready) + serviceNs(group, i);
    done[i] = free;
  }
  return done;
}

/**
 * Useful time to which each best-effort group is entitled, ns: an equal part of the time that critical work leaves, but
 * at most what the group asks for. 0 for critical groups.
 */
export function fairShares({ groups, durationNs }: GpuWorkload): Float64Array {
  const offered = groups.map((group) => offeredNs(group, durationNs));
  const critical = groups.reduce((sum, group, i) => sum + (group.critical ? offered[i] : 0), 0);
  const bestEffort = groups.filter((group) => !group.critical).length;
  const fair = Math.max(LEAST_FAIR_SHARE * durationNs, durationNs - critical) / bestEffort;
  return Float64Array.from(groups, (group, i) => (group.critical ? 0 : Math.min(fair, offered[i])));
}

/** Work that arrives during the run, ns. A closed-loop group offers the whole run. */
function offeredNs(group: GpuGroup, durationNs: number): number {
  if (group.arrivals === null) return durationNs;
  let sum = 0;
  for (let i = 0; i < group.arrivals.length && group.arrivals[i] < durationNs; i++) sum += serviceNs(group, i);
  return sum;
}
