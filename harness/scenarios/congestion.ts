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

/** Rate and propagation of every link: those of the reference tables, 100 Gb/s and 1 us. */
export const GBPS = 100;
export const DELAY_NS = 1000;

/** An incast on one switch. */
export interface IncastCell {
  senders: number;
  /** Of each message; 2 MB by default. */
  bytes?: number;
  /** 1 by default. */
  mtuPerChunk?: number;
  /** Shared buffer of the switch; 32 MiB by default. */
  bufferBytes?: number;
}

/** An incast whose switch has another buffer, or the same as the catalogue's. */
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
 * Metrics of an incast, exactly as `simulate --env congestion --workload incast --option senders=... --option bytes=...` has
 * them, averaged over the seeds from 0 on. The catalogue's own incast but where the buffer is another.
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

/** The program of a heuristic with the constants it starts from. */
export function programOf(name: string): RateControl {
  const entry = heuristicOf(name);
  return entry.create(startValues(entry.knobs)).decide(new CongestionKernel().view).program!;
}

/** A scenario in which nothing is unusual but what is given. */
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

/** Runs a scenario to its end under a program, and checks every conservation law then. */
export function runCongestion(scenario: CongestionScenario, program: RateControl, seed = 1): CongestionKernel {
  const kernel = new CongestionKernel();
  kernel.reset(scenario, seed);
  const decision = { program, rate: new Float64Array(0), window: new Float64Array(0) };
  while (!kernel.done) kernel.decide(decision);
  kernel.checkInvariants();
  return kernel;
}

/** What flows to one host did in a span of time. */
export interface LongFlows {
  /** Payload acknowledged of each, bytes. */
  readonly bytes: Float64Array;
  /** Bytes on the wire that the receiver's link carried over what it could carry. */
  readonly utilisation: number;
  /** Mean time a byte waited in the switch, ns. */
  readonly waitNs: number;
  /** Base round trip, ns. */
  readonly baseNs: number;
}

/** Payload of a flow that does not end while it is looked at, bytes. */
const ENDLESS = 1e10;

/** Plays flows without an end to one host and looks at them from `fromNs` to `toNs`. A run is the same up to any limit. */
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
