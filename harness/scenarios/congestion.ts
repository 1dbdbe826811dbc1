import { congestionHeuristics } from "../../baselines/congestion/index.ts";
import congestionTuned from "../../baselines/congestion/tuned.json" with { type: "json" };
import type { CongestionEntry } from "../../baselines/congestion/types.ts";
import { startValues } from "../../baselines/knobs.ts";
import { CONGESTION_SPEC } from "../../envs/congestion/registration.ts";
import { registry } from "../../envs/index.ts";
import { CongestionKernel } from "../../kernel/congestion/congestion.ts";
import type { RateControl } from "../../kernel/congestion/rate_control.ts";
import type { CongestionScenario } from "../../kernel/congestion/scenario.ts";
import { CabledTopology } from "../../kernel/congestion/topologies/cabled_topology.ts";
import { singleSwitch } from "../../kernel/congestion/topologies/single_switch.ts";
import type { Topology } from "../../kernel/congestion/topology.ts";
import type { CongestionWorkload } from "../../kernel/congestion/workload.ts";
import { incast } from "../../workloads/congestion/generators/incast.ts";
import { hostRange } from "../../workloads/congestion/host_range.ts";
import { playEpisode } from "../play/episode.ts";
import { heuristicPolicy } from "../play/policy.ts";

/** Registry id of the environment. */
export const CONGESTION = CONGESTION_SPEC.id;

/** Rate and propagation delay of every link, as in the reference tables: 100 Gb/s and 1 us. */
export const GBPS = 100;
export const DELAY_NS = 1000;

/** An incast on one switch. */
export interface IncastCell {
  senders: number;
  /** Bytes of each message. Default: 2 MB. */
  bytes?: number;
  /** Default: 1. */
  mtuPerChunk?: number;
  /** Shared buffer of the switch. Default: 32 MiB. */
  bufferBytes?: number;
}

/** An incast on a switch with the given buffer, or the catalog's incast if `bufferBytes` is not set. */
export function incastWorkload({ senders, bytes = 2_000_000, bufferBytes }: IncastCell): CongestionWorkload {
  return {
    name: "incast",
    topology: bufferBytes === undefined ? oneSwitch(senders + 1) : bufferedSwitch(senders + 1, bufferBytes),
    messages: incast(hostRange(0, senders), senders, bytes),
    makespan: false,
    smc: null,
  };
}

function oneSwitch(hosts: number): Topology {
  return singleSwitch({ hosts, gbps: GBPS, delayNs: DELAY_NS });
}

function bufferedSwitch(hosts: number, buffer: number): Topology {
  const cables = Array.from({ length: hosts }, (_, host) => ({ a: host, b: hosts, gbps: GBPS, delayNs: DELAY_NS }));
  return new CabledTopology({ name: "single switch", hosts, switches: 1, cables, buffer });
}

/**
 * Metrics of an incast, averaged over the seeds from 0 on. They equal those of `simulate --env congestion --workload
 * incast --option senders=... --option bytes=...`. Uses the catalog's incast unless `bufferBytes` is set.
 */
export function incastMetrics(name: string, cell: IncastCell, seeds = 1): Record<string, number> {
  const { senders, bytes = 2_000_000, mtuPerChunk = 1, bufferBytes } = cell;
  const policy = heuristicPolicy({ tuned: congestionTuned }, heuristicOf(name));
  const env = registry.make(CONGESTION, { wrap: false });
  const options =
    bufferBytes === undefined ? { workload: "incast", senders, bytes } : { workload: incastWorkload(cell) };
  const sums: Record<string, number> = {};
  for (let seed = 0; seed < seeds; seed++) {
    const { metrics } = playEpisode(env, policy, seed, { ...options, mtuPerChunk });
    for (const [name, value] of Object.entries(metrics)) sums[name] = (sums[name] ?? 0) + value / seeds;
  }
  env.close();
  return sums;
}

/** The program of a heuristic with its starting constants. */
export function programOf(name: string): RateControl {
  const entry = heuristicOf(name);
  return entry.create(startValues(entry.knobs)).decide(new CongestionKernel().view).program!;
}

/** A scenario with default settings, except for `details`. */
export function congestionScenarioOf(
  workload: CongestionWorkload,
  details: Partial<CongestionScenario> = {},
): CongestionScenario {
  return {
    workload,
    mtuPerChunk: 1,
    lossless: true,
    limitNs: 1e9,
    decisionNs: 0,
    marking: null,
    telemetry: false,
    tcp: null,
    ...details,
  };
}

/** Runs a scenario to its end under a program, then checks every conservation law. */
export function runCongestion(scenario: CongestionScenario, program: RateControl, seed = 1): CongestionKernel {
  const kernel = new CongestionKernel();
  kernel.reset(scenario, seed);
  const decision = { program, rate: new Float64Array(0), window: new Float64Array(0) };
  while (!kernel.done) kernel.decide(decision);
  kernel.checkInvariants();
  return kernel;
}

/** The behaviour of flows to one host in a time span. */
export interface LongFlows {
  /** Acknowledged payload of each flow, bytes. */
  readonly bytes: Float64Array;
  /** Bytes on the wire of the receiver's link, relative to its capacity. */
  readonly utilisation: number;
  /** Mean waiting time of a byte in the switch, ns. */
  readonly waitNs: number;
  /** Base round trip, ns. */
  readonly baseNs: number;
}

/** Payload of a flow that does not end during the measurement, bytes. */
const ENDLESS = 1e10;

/**
 * Plays endless flows to one host and measures them from `fromNs` to `toNs`. Two runs with different limits are equal
 * up to the smaller limit.
 */
export function longFlows(flows: number, program: RateControl, [fromNs, toNs]: readonly [number, number]): LongFlows {
  const workload = incastWorkload({ senders: flows, bytes: ENDLESS });
  const [before, after] = [fromNs, toNs].map((limitNs) =>
    runCongestion(congestionScenarioOf(workload, { limitNs }), program),
  );
  const { queuePairs } = after.view;
  const link = after.paths.lastLink[0];
  const acked = (kernel: CongestionKernel, flow: number) => kernel.view.queuePairs.acked[flow];
  const waited = ({ ledger }: CongestionKernel) => ledger.queue * ledger.bytes * queuePairs.base[0];
  return {
    bytes: Float64Array.from({ length: flows }, (_, flow) => acked(after, flow) - acked(before, flow)),
    utilisation: (after.fabric.sent[link] - before.fabric.sent[link]) / (queuePairs.line[0] * (toNs - fromNs)),
    waitNs: (waited(after) - waited(before)) / (after.ledger.bytes - before.ledger.bytes),
    baseNs: queuePairs.base[0],
  };
}

function heuristicOf(name: string): CongestionEntry {
  return congestionHeuristics.find((heuristic) => heuristic.name === name)!;
}
