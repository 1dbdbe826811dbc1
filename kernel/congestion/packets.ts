import { grown } from "./copy_state.ts";
import { MOST_HOPS } from "./topology.ts";

/** Where a packet is. */
export const FREE = 0;
export const QUEUED = 1;
export const ON_LINK = 2;
/** On its last link, or its acknowledgement on the way back. */
export const RETURNING = 3;

/**
 * Chunks of packets that travel together, and their acknowledgements on the way back, by index. Records are used again.
 */
export class Packets {
  place = new Uint8Array(0);
  queuePair = new Int32Array(0);
  /** Which queue pair of that index: indices are used again. */
  generation = new Int32Array(0);
  /** Payload, bytes. */
  bytes = new Int32Array(0);
  /** Bytes on the wire. */
  wire = new Int32Array(0);
  /** Packets in the chunk. */
  count = new Uint8Array(0);
  /** Payload of its queue pair up to its end. */
  sequence = new Float64Array(0);
  sentAt = new Float64Array(0);
  ackedAtSend = new Float64Array(0);
  marked = new Uint8Array(0);
  /** Which link of the path it is on or queued for. */
  hop = new Uint8Array(0);
  /** Link by which it came to the switch where it is queued. */
  ingress = new Int32Array(0);
  queuedAt = new Float64Array(0);
  /** Time it has spent in queues of switches, ns. */
  waited = new Float64Array(0);
  /** Behind it in the queue. */
  next = new Int32Array(0);
  /** Work request whose last byte it carries, -1 for none. */
  request = new Int32Array(0);
  /** What the receiver made of it, see `receiver.ts`. */
  verdict = new Uint8Array(0);
  /** Telemetry, `MOST_HOPS` numbers a packet; see `Acknowledgement`. */
  stampQueue = new Float64Array(0);
  stampSent = new Float64Array(0);
  stampTime = new Float64Array(0);
  stampRate = new Float64Array(0);
  stamps = new Uint8Array(0);
  /** First record that is free, -1 for none. */
  free = -1;
  /** Records that were ever used. */
  used = 0;

  clear(): void {
    this.free = -1;
    this.used = 0;
    this.place.fill(FREE);
  }

  allocate(): number {
    const record = this.free;
    if (record >= 0) {
      this.free = this.next[record];
      return record;
    }
    if (this.used === this.place.length) this.#grow(Math.max(256, 2 * this.used));
    return this.used++;
  }

  release(packet: number): void {
    this.place[packet] = FREE;
    this.next[packet] = this.free;
    this.free = packet;
  }

  #grow(capacity: number): void {
    for (const key of [
      "place",
      "queuePair",
      "generation",
      "bytes",
      "wire",
      "count",
      "sequence",
      "sentAt",
      "ackedAtSend",
      "marked",
      "hop",
      "ingress",
      "queuedAt",
      "waited",
      "next",
      "request",
      "verdict",
      "stamps",
    ] as const) {
      (this[key] as Float64Array) = grown(this[key] as Float64Array, capacity);
    }
    for (const key of ["stampQueue", "stampSent", "stampTime", "stampRate"] as const) {
      this[key] = grown(this[key], capacity * MOST_HOPS);
    }
  }
}
