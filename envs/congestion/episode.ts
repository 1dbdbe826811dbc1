import { MOST_MTU_PER_CHUNK } from "../../kernel/congestion/assert_scenario.ts";
import { longestBase } from "../../kernel/congestion/longest_base.ts";
import type { RateControl } from "../../kernel/congestion/rate_control.ts";
import type { CongestionScenario } from "../../kernel/congestion/scenario.ts";
import type { CongestionWorkload } from "../../kernel/congestion/workload.ts";
import type { CongestionOptions } from "./options.ts";

/** Time limit of a run: a multiple of its least duration, plus a constant, ns. Source: choice. */
const LIMIT_FACTOR = 10;
const LIMIT_MORE_NS = 1_000_000;

/**
 * ECN thresholds while a policy sets the rates, bytes at 100 Gb/s: they mark queues of half a base round trip or more.
 * Source: choice.
 */
const OUTSIDE_MARKING = { kmin: 25_000, kmax: 50_000, pmax: 1 };

/** Rate from which on chunks have their largest size: 100 Gb/s, where their error is known, bytes per ns. */
const CHUNK_RATE = 12.5;

/** The scenario of an episode. */
export function congestionScenario(
  workload: CongestionWorkload,
  tcp: RateControl,
  { mtuPerChunk, lossless, limitNs, decisionNs, information, alterAfterNs }: CongestionOptions,
): CongestionScenario {
  const needsTcp = workload.smc?.connections.some(({ transport }) => transport === "tcp") ?? false;
  return {
    workload: alterAfterNs === undefined ? workload : alteredAfter(workload, alterAfterNs),
    mtuPerChunk: mtuPerChunk ?? usualChunk(workload),
    lossless,
    limitNs: limitNs ?? LIMIT_FACTOR * leastDuration(workload) + LIMIT_MORE_NS,
    decisionNs,
    tcp: needsTcp ? tcp : null,
    marking: information.has("ecn") ? OUTSIDE_MARKING : null,
    telemetry: information.has("int"),
  };
}

/** Packets in a chunk: their number keeps the time of a chunk on the slowest link of a host about the same. */
function usualChunk({ topology }: CongestionWorkload): number {
  let slowest = Number.POSITIVE_INFINITY;
  topology.rate.forEach((rate, link) => {
    if (topology.from[link] < topology.hosts) slowest = Math.min(slowest, rate);
  });
  return Math.min(MOST_MTU_PER_CHUNK, Math.max(1, Math.round((MOST_MTU_PER_CHUNK * slowest) / CHUNK_RATE)));
}

const known = new WeakMap<CongestionWorkload, number>();

/**
 * Approximate least duration of a workload, ns: its last start, plus the time of the host with most to send or receive.
 */
function leastDuration(workload: CongestionWorkload): number {
  let least = known.get(workload);
  if (least !== undefined) return least;
  const { topology, messages, smc } = workload;
  const time = new Float64Array(2 * topology.hosts);
  let last = 0;
  const add = (src: number, dst: number, bytes: number, start: number): void => {
    const path = topology.path(src, dst, 0);
    let slowest = Number.POSITIVE_INFINITY;
    for (const link of path) slowest = Math.min(slowest, topology.rate[link]);
    time[2 * src] += bytes / slowest;
    time[2 * dst + 1] += bytes / slowest;
    last = Math.max(last, start);
  };
  for (const { src, dst, bytes, start } of messages) add(src, dst, bytes, start);
  for (const { connection, start, requestBytes, responseBytes, serviceNs } of smc?.requests ?? []) {
    const { client, server, transport } = smc!.connections[connection];
    if (transport === "smc-d") continue;
    add(client, server, requestBytes, start + serviceNs);
    add(server, client, responseBytes, start + serviceNs);
  }
  let groups = 0;
  for (const { after } of messages) groups = Math.max(groups, after + 2);
  least = Math.ceil(last + time.reduce((most, one) => Math.max(most, one), 0) + groups * longestBase(workload));
  known.set(workload, least);
  return least;
}

/**
 * The same workload until `timeNs`. Messages that start by themselves after that start later and are larger. It serves
 * the test that observations do not contain the future.
 */
function alteredAfter(workload: CongestionWorkload, timeNs: number): CongestionWorkload {
  const later = (start: number) => (start <= timeNs ? start : start + Math.ceil((start - timeNs) / 2) + 1);
  const { smc } = workload;
  return {
    ...workload,
    messages: workload.messages.map((message) =>
      message.start <= timeNs || message.after >= 0
        ? message
        : { ...message, start: later(message.start), bytes: message.bytes + 1000 },
    ),
    smc: smc === null ? null : { ...smc, requests: smc.requests.map((one) => ({ ...one, start: later(one.start) })) },
  };
}
