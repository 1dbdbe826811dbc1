import type { QueuePairTable } from "./queue_pair_table.ts";
import type { RoundTrips } from "./round_trips.ts";

/**
 * What the NICs know at a decision point: some queue pairs have just begun, or have heard of a packet that was sent after
 * the last decision about them and at least a base round trip later. Reused, never the future.
 */
export interface CongestionView {
  /** ns. */
  readonly time: number;
  readonly queuePairs: QueuePairTable;
  /** What each queue pair measured in its last round trip. */
  readonly roundTrips: RoundTrips;
  /** Queue pairs about which a decision is wanted: the first `askedCount`. */
  readonly asked: Int32Array;
  readonly askedCount: number;
  /** How many queue pairs sent over one host's link, the most since the last decision: see `Connections`. */
  readonly crowding: number;
}
