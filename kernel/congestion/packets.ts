import { grown } from "./copy_state.ts";
import { MOST_HOPS } from "./topology.ts";

/** Values of `PLACE`: where a packet is. */
export const FREE = 0;
/** In the egress queue of a switch. */
export const QUEUED = 1;
/** On a link that leads to a switch. */
export const ON_LINK = 2;
/** On its last link, or its acknowledgement is on the way back. */
export const RETURNING = 3;

/** Number of Int32 fields of a packet. The constants below are their positions. */
export const WHOLE = 16;
/** Place of the packet, see above. */
export const PLACE = 0;
/** Queue pair of the packet, and the generation of its index, because indices are reused. */
export const OWNER = 1;
export const GENERATION = 2;
/** Payload and size on the wire, bytes. */
export const PAYLOAD = 3;
export const WIRE = 4;
/** Number of packets in the chunk. */
export const COUNT = 5;
/** 1 when a switch marked it. */
export const MARKED = 6;
/** Position on the path of the link that the packet is on or queued for. */
export const HOP = 7;
/** Link by which it came to the switch where it is queued. */
export const INGRESS = 8;
/** Next packet in the queue, or next record in the free list. */
export const NEXT = 9;
/** Work request whose last byte it carries, -1 for none. */
export const REQUEST = 10;
/** The receiver's verdict, see `receiver.ts`. */
export const VERDICT = 11;
/** Number of switches that stamped it. */
export const STAMPS = 12;

/**
 * Number of Float64 fields of a packet, for fractions and numbers beyond 2^31. The constants below are their positions.
 */
export const EXACT = 8;
/** Payload of its queue pair up to the end of this packet, bytes. */
export const SEQUENCE = 0;
/** Time at which it left the NIC, ns, and `acked` of its queue pair at that time. */
export const SENT_AT = 1;
export const ACKED_AT_SEND = 2;
/** Time at which it joined its current queue, and the time it has spent in queues of switches, ns. */
export const QUEUED_AT = 3;
export const WAITED = 4;

/**
 * Chunks of packets that travel together, and their acknowledgements on the way back, by index. The fields of one
 * packet are adjacent because an event reads all of them. Records are reused.
 */
export class Packets {
  /** `WHOLE` numbers per packet. */
  whole = new Int32Array(0);
  /** `EXACT` numbers per packet. */
  exact = new Float64Array(0);
  /** Telemetry, `MOST_HOPS` numbers per packet; see `Acknowledgement`. */
  stampQueue = new Float64Array(0);
  stampSent = new Float64Array(0);
  stampTime = new Float64Array(0);
  stampRate = new Float64Array(0);
  /** First free record, -1 for none. */
  free = -1;
  /** Number of records that were ever used. */
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
