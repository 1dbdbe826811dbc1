import type { QueuePairTable } from "./queue_pair_table.ts";

/**
 * When a switch marks a packet that leaves: by the bytes that stay behind in its egress queue. Above `kmax` always, between
 * `kmin` and `kmax` with a probability that rises to `pmax`. The thresholds are those at 100 Gb/s and grow with a link's rate.
 */
export interface Marking {
  readonly kmin: number;
  readonly kmax: number;
  readonly pmax: number;
}

/**
 * A congestion control program as a NIC runs it: it sees acknowledgements and sets the rate and the window of each queue
 * pair. What it knows stands in the table; of the network it sees what its packets brought back.
 *
 * All hooks concern one queue pair, by its index in the table. Indices are used again: what a program keeps of a queue pair
 * begins anew with `begin`.
 */
export interface RateControl {
  readonly name: string;
  /** Whether switches stamp its packets with telemetry, which makes each `TELEMETRY` bytes longer. */
  readonly telemetry: boolean;
  /** How switches mark; null for not at all. */
  readonly marking: Marking | null;
  /**
   * Whether a new rate moves the time of the next packet: the gap since the last one is then the one of the new rate. DCQCN's
   * limiter keeps the gap that was set when the last packet left.
   */
  readonly rearms: boolean;
  /** A run begins. The table stays the same object through the run; its arrays may be replaced by longer ones. */
  reset(table: QueuePairTable): void;
  /** A queue pair begins, or goes on after it has been idle for long: sets `rate` and `window`. */
  begin(queuePair: number): void;
  /** An acknowledgement has arrived: the table's `ack` says of what. May set `rate` and `window`. */
  acknowledge(queuePair: number): void;
  /** Something was lost: the receiver said so, or nothing was heard for long. May set `rate` and `window`. */
  lose(queuePair: number, timeout: boolean): void;
  /** A packet is about to be sent: the time to catch up with what timers would have done since. */
  beforeSend(queuePair: number): void;
  /** A program in the same state, on another table of the same contents. */
  fork(table: QueuePairTable): RateControl;
}
