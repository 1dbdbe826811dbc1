import { hashUniform } from "../random.ts";
import { type GpuArchitecture, switchNs } from "./architecture.ts";
import { type GpuGroup, type GpuWorkload, serviceNs } from "./workload.ts";

/**
 * Slacks after which lateness costs no more. Source: choice; at 5 policies learn to abandon what is late, and the tail grows.
 */
export const WORST_SLACKS = 20;

/** Least share of the run that best-effort work is thought to get. Source: choice. */
export const LEAST_FAIR_SHARE = 0.05;

/** Launch latency, ns: median and logarithmic spread. Source: gpu_ext's samples on RTX 5090, p50 6.6 us, p99 44 us. */
export const LAUNCH_MEDIAN_NS = 6600;
const LAUNCH_SPREAD = 0.8;
const LAUNCH_MAX_NS = 44_000;

/** Launch latency of a request, ns, whole: of its group and number alone. */
export function launchNs(key: number, group: number, request: number): number {
  return Math.round(lognormal(hashUniform(key, group, 2 * request), hashUniform(key, group, 2 * request + 1)));
}

function lognormal(first: number, second: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - first)) * Math.cos(2 * Math.PI * second);
  return Math.min(LAUNCH_MAX_NS, LAUNCH_MEDIAN_NS * Math.exp(LAUNCH_SPREAD * normal));
}

/**
 * Lateness of a critical request that is still within its objective, ns: what the objective allows, and never less than two
 * switches, without which short requests were late whatever is done.
 *
 * @param requestNs the request's time on the GPU: the true one for the cost, the declared one for the deadline that is seen
 */
export function slackNs({ slo, prepNs }: GpuGroup, requestNs: number, architecture: GpuArchitecture): number {
  return Math.max(Math.round((slo - 1) * (requestNs + prepNs)), 2 * switchNs(architecture));
}

/**
 * What a late request costs, 0 to 1: rises to 0.25 at its slack, where it jumps to 0.5 more, and goes on rising to 1 at
 * `WORST_SLACKS`.
 */
export function latePenalty(lateNs: number, slack: number): number {
  const slacks = lateNs / slack;
  if (slacks <= 1) return 0.25 * Math.max(0, slacks);
  return 0.75 + 0.25 * Math.min(1, (slacks - 1) / (WORST_SLACKS - 1));
}

/**
 * When each request of an open-loop group would be done if the group ran alone, ns: the lateness of a request counts from
 * there, as no scheduler can remove what the group's own burst does to it.
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
 * Useful time each best-effort group is entitled to, ns: an equal part of what critical work leaves, but not more than the
 * group asks for. 0 for critical groups.
 */
export function fairShares({ groups, durationNs }: GpuWorkload): Float64Array {
  const offered = groups.map((group) => offeredNs(group, durationNs));
  const critical = groups.reduce((sum, group, i) => sum + (group.critical ? offered[i] : 0), 0);
  const bestEffort = groups.filter((group) => !group.critical).length;
  const fair = Math.max(LEAST_FAIR_SHARE * durationNs, durationNs - critical) / bestEffort;
  return Float64Array.from(groups, (group, i) => (group.critical ? 0 : Math.min(fair, offered[i])));
}

/** Work that arrives in the run, ns; the whole run's for a closed loop. */
function offeredNs(group: GpuGroup, durationNs: number): number {
  if (group.arrivals === null) return durationNs;
  let sum = 0;
  for (let i = 0; i < group.arrivals.length && group.arrivals[i] < durationNs; i++) sum += serviceNs(group, i);
  return sum;
}
