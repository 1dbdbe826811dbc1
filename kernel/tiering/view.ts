import type { Damon } from "./damon.ts";
import type { Machine } from "./machine.ts";

/** What the kernel knows of one memory tier. Means are over the last interval. */
export interface TierView {
  readonly name: string;
  readonly capacity: number;
  /** Latency with no load, ns: firmware reports it (HMAT). */
  readonly unloadedLatency: number;
  /** Bandwidth, GB/s: firmware reports it (HMAT). */
  readonly bandwidth: number;
  /** Pages in the tier. */
  used: number;
  /** Mean loaded latency, ns: memory controllers count requests and occupancy. */
  latency: number;
  /** Mean utilisation, 0 to 1: memory controllers count bytes. */
  utilisation: number;
  /** Share of the program's accesses when it last ran: memory controllers count requests, which costs nothing. */
  share: number;
}

/** What a kernel can see at a decision point of the tiering subsystem. Reused; the arrays are the kernel's own. */
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
  /** Samples a second of each page, as mixed for the last histogram decision. */
  readonly heat: Float32Array;
  /** Sum of `heat`. */
  totalHeat: number;
  /** Shares of the short and of the long memory of samples that lie on the fast tier's pages. */
  fastShort: number;
  fastLong: number;
  /** Share of the heat on the hottest pages that would fit in the fast tier: what placement believes it could serve. */
  hotHeat: number;
  /** Share of the last interval's samples that fell on pages without heat: how new what is hot is. */
  novelty: number;
  /** Samples taken in the last interval. */
  samples: number;
  /** Accesses per second over the last interval. */
  throughput: number;
  /** Over the last interval, pages. */
  promoted: number;
  demoted: number;
  pingPong: number;
  /** Slow pages that faulted within the hot threshold in the last interval, pages. */
  candidates: number;
  /** Hint faults of the last interval, base pages. */
  hintFaults: number;
  /** Pressure stall information, percent over about 10 s. */
  pressureSome: number;
  pressureFull: number;
  /** The region monitor; it runs only while a decision asks for it. */
  readonly damon: Damon;
}

/** The view of a machine that nothing has run on yet. */
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
