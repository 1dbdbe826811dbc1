import type { QueuePairTable } from "./queue_pair_table.ts";

/**
 * When a switch marks a packet that leaves, given the bytes that stay in its egress queue: always above `kmax`, and
 * between `kmin` and `kmax` with a probability that rises to `pmax`. The thresholds are for 100 Gb/s and scale with a
 * link's rate.
 */
export interface Marking {
  /** Bytes up to which no packet is marked. */
  readonly kmin: number;
  /** Bytes above which every packet is marked. */
  readonly kmax: number;
  /** Probability of a mark at `kmax`. */
  readonly pmax: number;
}

/**
 * A congestion control program as a NIC runs it. It sees acknowledgements, and it sets the rate and the window of each
 * queue pair. Its knowledge is the table; of the network it sees only what its packets bring back.
 *
 * Every hook concerns one queue pair, by its index in the table. Indices are reused: what a program keeps of a queue
 * pair starts anew with `begin`.
 */
export interface RateControl {
  readonly name: string;
  /** Whether switches stamp its packets with telemetry, which makes each packet `TELEMETRY` bytes longer. */
  readonly telemetry: boolean;
  /** How switches mark its packets; null for no marks. */
  readonly marking: Marking | null;
  /**
   * Whether a new rate moves the time of the next packet, so that the gap since the last one follows the new rate.
   * DCQCN's limiter keeps the gap that was set when the last packet left.
   */
  readonly rearms: boolean;
  /** Starts a run. The table stays the same object during the run; its arrays may be replaced by longer ones. */
  reset(table: QueuePairTable): void;
  /** Sets `rate` and `window` of a queue pair that begins or resumes after being idle for a long time. */
  begin(queuePair: number): void;
  /** Handles an acknowledgement, which is in the table's `ack`. May set `rate` and `window`. */
  acknowledge(queuePair: number): void;
  /**
   * Handles a loss: the receiver reported it, or nothing was heard for a long time (`timeout`). May set `rate` and
   * `window`.
   */
  lose(queuePair: number, timeout: boolean): void;
  /** Called before a packet is sent. A program catches up here with what its timers would have done meanwhile. */
  beforeSend(queuePair: number): void;
  /** Returns a program in the same state, on another table with the same contents. */
  fork(table: QueuePairTable): RateControl;
}
