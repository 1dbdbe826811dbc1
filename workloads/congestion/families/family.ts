import type { SmcTraffic } from "../../../kernel/congestion/smc/traffic.ts";
import type { Topology } from "../../../kernel/congestion/topology.ts";
import type { CongestionWorkload, Message } from "../../../kernel/congestion/workload.ts";
import type { CongestionOpenOptions } from "../catalog_entry.ts";
import { EpisodeDraw } from "../episode_draw.ts";

/** What a family builds for one episode. */
export interface Episode {
  readonly topology: Topology;
  readonly messages: readonly Message[];
  /** Default: false. */
  readonly makespan?: boolean;
  /** Default: none. */
  readonly smc?: SmcTraffic;
}

/** Options that only some families use. */
export const FAMILY_OPTIONS = ["senders", "bytes", "load"] as const;

/** A kind of workload: a fabric and the distributions of the traffic on it. */
export interface Family {
  /** Rate of hosts' links, Gb/s. */
  readonly gbps: number;
  /** Propagation delay of a link, ns. Default: 1000. */
  readonly delayNs?: number;
  /** The options of `FAMILY_OPTIONS` that this family uses. */
  readonly takes: readonly (typeof FAMILY_OPTIONS)[number][];
  build(draw: EpisodeDraw): Episode;
}

/** Default propagation delay of a link, ns. Source: the packet simulators of HPCC and PowerTCP. */
const DELAY_NS = 1000;

/**
 * Draws the episode of a seed. The same seed and options always give the same episode.
 *
 * @throws RangeError for an option that the family does not use, or for a value that is not allowed
 */
export function drawWorkload(
  name: string,
  family: Family,
  seed: number,
  options: CongestionOpenOptions = {},
): CongestionWorkload {
  for (const option of FAMILY_OPTIONS) {
    if (options[option] === undefined || family.takes.includes(option)) continue;
    const taken = family.takes.length > 0 ? family.takes.join(", ") : "none of senders, bytes and load";
    throw new RangeError(`workload ${name} has no option ${option}; allowed: ${taken}`);
  }
  const { gbps, delayNs = DELAY_NS, build } = family;
  const draw = new EpisodeDraw(name, seed, { gbps, delayNs }, options);
  const { topology, messages, makespan = false, smc = null } = build(draw);
  return { name, topology, messages, makespan, smc };
}
