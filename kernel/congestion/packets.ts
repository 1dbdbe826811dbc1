import { grown } from "./copy_state.ts";
import { MOST_HOPS } from "./topology.ts";

/** Where a packet is. */
export const FREE = 0;
export const QUEUED = 1;
export const ON_LINK = 2;
/** On its last link, or its acknowledgement on the way back. */
export const RETURNING = 3;

/** Whole numbers kept of a packet, and where each stands. */
export const WHOLE = 16;
/** One of the places above. */
export const PLACE = 0;
/** Its queue pair, and which queue pair of that index: indices are used again. */
export const OWNER = 1;
export const GENERATION = 2;
/** Payload, and bytes on the wire. */
export const PAYLOAD = 3;
export const WIRE = 4;
/** Packets in the chunk. */
export const COUNT = 5;
/** 1 when a switch marked it. */
export const MARKED = 6;
/** Which link of the path it is on or queued for. */
export const HOP = 7;
/** Link by which it came to the switch where it is queued. */
export const INGRESS = 8;
/** Behind it in the queue, or in the list of free records. */
export const NEXT = 9;
/** Work request whose last byte it carries, -1 for none. */
export const REQUEST = 10;
/** What the receiver made of it, see `receiver.ts`. */
export const VERDICT = 11;
/** Switches that stamped it. */
export const STAMPS = 12;

/** Numbers with fractions, or beyond 2^31, kept of a packet, and where each stands. */
export const EXACT = 8;
/** Payload of its queue pair up to its end. */
export const SEQUENCE = 0;
/** When it left the NIC, ns, and `acked` of its queue pair then. */
export const SENT_AT = 1;
export const ACKED_AT_SEND = 2;
/** When it came to the queue where it is, and the time it has spent in queues of switches, ns. */
export const QUEUED_AT = 3;
export const WAITED = 4;

/**
 * Chunks of packets that travel together, and their acknowledgements on the way back, by index. What is kept of one stands
 * together, as all of it is read when something happens to it. Records are used again.
 */
export class Packets {
  /** `WHOLE` numbers a packet. */
  whole = new Int32Array(0);
  /** `EXACT` numbers a packet. */
  exact = new Float64Array(0);
  /** Telemetry, `MOST_HOPS` numbers a packet; see `Acknowledgement`. */
  stampQueue = new Float64Array(0);
  stampSent = new Float64Array(0);
  stampTime = new Float64Array(0);
  stampRate = new Float64Array(0);
  /** First record that is free, -1 for none. */
  free = -1;
  /** Records that were ever used. */
  used = 0;

  clear(): void {
    this.free = -1;
    this.used = 0;
    this.whole.fill(0);
  }

  allocate(): number {
    const record = this.free;
    if (record >= 0) {
      this.free = this.whole[record * WHOLE + NEXT];
      return record;
    }
    if (this.used * WHOLE === this.whole.length) this.#grow(Math.max(256, 2 * this.used));
    return this.used++;
  }

  release(packet: number): void {
    const at = packet * WHOLE;
    this.whole[at + PLACE] = FREE;
    this.whole[at + NEXT] = this.free;
    this.free = packet;
  }

  #grow(capacity: number): void {
    this.whole = grown(this.whole, capacity * WHOLE);
    this.exact = grown(this.exact, capacity * EXACT);
    for (const key of ["stampQueue", "stampSent", "stampTime", "stampRate"] as const) {
      this[key] = grown(this[key], capacity * MOST_HOPS);
    }
  }
}
