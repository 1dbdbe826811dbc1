import { grown } from "./copy_state.ts";
import { MOST_HOPS } from "./topology.ts";

/** What an acknowledgement brings back. The object is reused: read it inside the hook. */
export interface Acknowledgement {
  /** Payload that it acknowledges, bytes. */
  bytes: number;
  /** Number of packets that it acknowledges. */
  packets: number;
  /** Time from the packet leaving the NIC to the arrival of the acknowledgement, ns. */
  rtt: number;
  /** Time at which the packet left. */
  sentAt: number;
  /** 1 when a switch marked it. */
  marked: number;
  /** `acked` of its queue pair when the packet left. */
  ackedAtSend: number;
  /** Last acknowledged byte, counted from the start of the queue pair. */
  sequence: number;
  /** Number of switches that stamped it; 0 without telemetry. */
  hops: number;
  /** `[hops]` bytes in the egress queue when the packet left. */
  readonly queue: Float64Array;
  /** `[hops]` bytes on the wire that the port had sent before the packet. */
  readonly sent: Float64Array;
  /** `[hops]` time at which the packet left the queue. */
  readonly time: Float64Array;
  /** `[hops]` rate of the port. */
  readonly rate: Float64Array;
}

/**
 * The queue pairs of all NICs: what a NIC knows of each, and what a program sets. Only queue pairs that have something
 * to send or to be acknowledged, and for a while after, have an index. Then the index is reused, the lowest first.
 */
export class QueuePairTable {
  /** Current time, ns. */
  now = 0;
  /** Number of indices that have ever been used: 0 to `count - 1`. */
  count = 0;
  /** Set by programs: rate, bytes on the wire per ns. */
  rate = new Float64Array(0);
  /** Set by programs: payload in flight above which nothing more is sent, bytes; Infinity for no limit. */
  window = new Float64Array(0);
  /** Rate of the NIC's link. */
  line = new Float64Array(0);
  /** Round trip of one chunk of packets on the empty path, ns. */
  base = new Float64Array(0);
  /** Number of links on the path. */
  hops = new Uint8Array(0);
  /** Payload sent since the start, bytes. What has to be sent again after a loss is subtracted. */
  sent = new Float64Array(0);
  /** Payload acknowledged since the start. */
  acked = new Float64Array(0);
  /** Payload that the queue pair was given and that is not acknowledged. */
  remaining = new Float64Array(0);
  /** Time at which the queue pair began. */
  began = new Float64Array(0);
  /** Number of queue pairs with something to send that share the last link of its path, including itself. */
  sharers = new Float64Array(0);
  /** 1 while the index is in use. */
  active = new Uint8Array(0);
  /** Payload of a full chunk, bytes. */
  chunk = 0;
  readonly ack: Acknowledgement = {
    bytes: 0,
    packets: 0,
    rtt: 0,
    sentAt: 0,
    marked: 0,
    ackedAtSend: 0,
    sequence: 0,
    hops: 0,
    queue: new Float64Array(MOST_HOPS),
    sent: new Float64Array(MOST_HOPS),
    time: new Float64Array(MOST_HOPS),
    rate: new Float64Array(MOST_HOPS),
  };

  /** Number of indices for which there is room. */
  get capacity(): number {
    return this.rate.length;
  }

  /** Makes room for `capacity` indices. */
  grow(capacity: number): void {
    this.rate = grown(this.rate, capacity);
    this.window = grown(this.window, capacity);
    this.line = grown(this.line, capacity);
    this.base = grown(this.base, capacity);
    this.hops = grown(this.hops, capacity);
    this.sent = grown(this.sent, capacity);
    this.acked = grown(this.acked, capacity);
    this.remaining = grown(this.remaining, capacity);
    this.began = grown(this.began, capacity);
    this.sharers = grown(this.sharers, capacity);
    this.active = grown(this.active, capacity);
  }
}
