import type { QueuePairTable } from "./queue_pair_table.ts";
import type { RoundTrips } from "./round_trips.ts";

/**
 * What the NICs know at a decision point. Some queue pairs need a decision: they have just begun, or a packet has come
 * back that was sent after the last decision about them and at least a base round trip later. The kernel reuses the
 * object. It never shows the future.
 */
export interface CongestionView {
  /** Current time, ns. */
  readonly time: number;
  /** What the NICs know of each queue pair. */
  readonly queuePairs: QueuePairTable;
  /** Measurements of each queue pair's last round trip. */
  readonly roundTrips: RoundTrips;
  /** Queue pairs that need a decision: the first `askedCount`. */
  readonly asked: Int32Array;
  readonly askedCount: number;
  /** Greatest crowding of a host's link since the last decision: see `Connections`. */
  readonly crowding: number;
}
