import { grown } from "./copy_state.ts";
import { MOST_HOPS } from "./topology.ts";

/** What an acknowledgement brought back. Reused: read it in the hook. */
export interface Acknowledgement {
  /** Payload it acknowledges, bytes. */
  bytes: number;
  /** Packets it stands for. */
  packets: number;
  /** ns from the packet's leaving the NIC to the acknowledgement's arrival. */
  rtt: number;
  /** When the packet left. */
  sentAt: number;
  /** 1 when a switch marked it. */
  marked: number;
  /** `acked` of its queue pair when the packet left. */
  ackedAtSend: number;
  /** Last byte acknowledged, counted from the queue pair's beginning. */
  sequence: number;
  /** Switches that stamped it; 0 without telemetry. */
  hops: number;
  /** Of each hop: bytes in the egress queue when it left there. */
  readonly queue: Float64Array;
  /** Bytes that the port had sent before it, on the wire. */
  readonly sent: Float64Array;
  /** When it left the queue. */
  readonly time: Float64Array;
  /** Rate of the port. */
  readonly rate: Float64Array;
}

/**
 * The queue pairs of all NICs of the fabric: what a NIC knows of each and what a program sets. Indices belong to queue
 * pairs that have something to send or to be acknowledged, and a while after; then they are used again, the lowest first.
 */
export class QueuePairTable {
  /** Time, ns. */
  now = 0;
  /** Indices that have ever been used: 0 to `count - 1`. */
  count = 0;
  /** Set by programs: bytes on the wire per ns. */
  rate = new Float64Array(0);
  /** Set by programs: payload in flight from which on nothing more is sent, bytes; Infinity for none. */
  window = new Float64Array(0);
  /** Rate of the NIC's link. */
  line = new Float64Array(0);
  /** Round trip of one chunk of packets on the empty path, ns. */
  base = new Float64Array(0);
  /** Links on the path. */
  hops = new Uint8Array(0);
  /** Payload sent since it began, bytes; what is to be sent again after a loss is taken off. */
  sent = new Float64Array(0);
  /** Payload acknowledged since it began. */
  acked = new Float64Array(0);
  /** Payload that it was given to send and that is not acknowledged. */
  remaining = new Float64Array(0);
  /** When it began. */
  began = new Float64Array(0);
  /** Queue pairs with something to send that share the last link of its path with it, itself included. */
  sharers = new Float64Array(0);
  /** 1 while it is in use. */
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

  /** Indices there is room for. */
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
