import type { Damon } from "./damon.ts";
import type { Machine } from "./machine.ts";

/** What the kernel knows about one memory tier. Means are over the last interval. */
export interface TierView {
  readonly name: string;
  readonly capacity: number;
  /** Latency with no load, ns. Firmware reports it (HMAT). */
  readonly unloadedLatency: number;
  /** Bandwidth, GB/s. Firmware reports it (HMAT). */
  readonly bandwidth: number;
  /** Pages in the tier. */
  used: number;
  /** Mean loaded latency, ns. Memory controllers count requests and occupancy. */
  latency: number;
  /** Mean utilisation, 0 to 1. Memory controllers count bytes. */
  utilisation: number;
  /** Share of the program's accesses when it last ran. Memory controllers count requests, which costs nothing. */
  share: number;
}

/**
 * What a kernel can see at a decision point of the tiering subsystem. The object is reused, and its arrays belong to
 * the kernel.
 */
export interface TieringView {
  /** Time since the start, s. */
  time: number;
  /** Decisions taken so far. */
  decisions: number;
  readonly pages: number;
  /** Bytes of a page. */
  readonly pageBytes: number;
  /** Memory tiers, fastest first. */
  readonly tiers: readonly TierView[];
  /** Tier of each page. */
  readonly tierOf: Uint8Array;
  /** Samples per second of each page, as mixed for the last histogram decision. */
  readonly heat: Float32Array;
  /** Sum of `heat`. */
  totalHeat: number;
  /** Shares of the short and of the long memory of samples that lie on pages of the fast tier. */
  fastShort: number;
  fastLong: number;
  /**
   * Share of the heat on the hottest pages that would fit in the fast tier: the share that placement expects the fast
   * tier could serve.
   */
  hotHeat: number;
  /** Share of the last interval's samples that fell on pages without heat: how new the hot pages are. */
  novelty: number;
  /** Samples taken in the last interval. */
  samples: number;
  /** Accesses per second over the last interval. */
  throughput: number;
  /** Pages promoted, demoted and moved back and forth in the last interval. */
  promoted: number;
  demoted: number;
  pingPong: number;
  /** Slow pages whose hint fault came within the hot threshold in the last interval. */
  candidates: number;
  /** Hint faults in the last interval, base pages. */
  hintFaults: number;
  /** Pressure stall information over about 10 s, percent. */
  pressureSome: number;
  pressureFull: number;
  /** The region monitor. It runs only while a decision asks for it. */
  readonly damon: Damon;
}

/** Creates the view of a machine on which nothing has run yet. */
export function createView(
  pages: number,
  machine: Machine,
  tierOf: Uint8Array,
  heat: Float32Array,
  damon: Damon,
): TieringView {
  const memory = machine.tiers.filter((tier) => tier.kind === "memory");
  return {
    time: 0,
    decisions: 0,
    pages,
    pageBytes: machine.pageBytes,
    tiers: memory.map(({ name, capacity, latencyNs, bandwidth }) => ({
      name,
      capacity,
      unloadedLatency: latencyNs,
      bandwidth,
      used: 0,
      latency: latencyNs,
      utilisation: 0,
      share: 0,
    })),
    tierOf,
    heat,
    totalHeat: 0,
    fastShort: 0,
    fastLong: 0,
    hotHeat: 0,
    novelty: 0,
    samples: 0,
    throughput: 0,
    promoted: 0,
    demoted: 0,
    pingPong: 0,
    candidates: 0,
    hintFaults: 0,
    pressureSome: 0,
    pressureFull: 0,
    damon,
  };
}
