import type { CongestionWorkload } from "../../kernel/congestion/workload.ts";
import type { Split } from "../split.ts";

/** Options for opening a workload of the catalog. Each one fixes a number that is drawn otherwise. */
export interface CongestionOpenOptions {
  /** Number of hosts or flows that send at the same time, in families that have such a number. */
  senders?: number;
  /** Bytes of a message. In a collective: bytes that each rank holds. */
  bytes?: number;
  /** Rate of the hosts' links, Gb/s. Links between switches keep their ratio to it. */
  gbps?: number;
  /** Propagation delay of a link, ns. */
  delayNs?: number;
  /** Load that random messages offer, as a share of the rate of the hosts' links. */
  load?: number;
  /** Time span in which random messages start, ns. */
  durationNs?: number;
}

/** A workload that the congestion environment can run. */
export interface CongestionCatalogEntry {
  readonly name: string;
  /** The kind of traffic and fabric. All workloads of a family are in one split. */
  readonly family: string;
  readonly split: Split;
  readonly source: "generator";
  /**
   * Opens the workload of one episode. Whatever `options` leaves open is drawn from `seed`.
   *
   * @throws RangeError for an option that the workload does not use, or for a value that is not allowed
   */
  open(seed: number, options?: CongestionOpenOptions): CongestionWorkload;
}
