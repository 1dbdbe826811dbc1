import { InvariantError } from "../../subsystem.ts";
import { copyState } from "../copy_state.ts";

/**
 * Cursors of both directions of every connection, in bytes from the start of the connection. Direction 2c of connection
 * c goes from client to server, direction 2c + 1 back. A direction has the number of the end that sends it, so `d ^ 1`
 * is the end that receives it. The cursors are not taken modulo the length of the rings.
 */
export class Streams {
  /** Bytes that the application has asked to write. */
  readonly wanted: Float64Array;
  /** Bytes of it that have entered the send buffer. */
  readonly prepared: Float64Array;
  /** Bytes of it that were posted: the producer cursor. */
  readonly sent: Float64Array;
  /** Bytes of it that have left the send buffer and made room. */
  readonly freed: Float64Array;
  /** The peer's consumer cursor as the sender knows it. */
  readonly confirmed: Float64Array;
  /** Bytes that the receiver knows to have arrived. */
  readonly arrived: Float64Array;
  /** Bytes that the receiver's application has read: the consumer cursor. */
  readonly consumed: Float64Array;
  /** The consumer cursor that was last sent back. */
  readonly announced: Float64Array;
  /** Size of the receiver's buffer. */
  readonly window: Float64Array;
  readonly #sendBuffer: number;

  /** @param window receive buffer of each direction, bytes */
  constructor(window: Float64Array, sendBuffer: number) {
    const count = window.length;
    this.wanted = new Float64Array(count);
    this.prepared = new Float64Array(count);
    this.sent = new Float64Array(count);
    this.freed = new Float64Array(count);
    this.confirmed = new Float64Array(count);
    this.arrived = new Float64Array(count);
    this.consumed = new Float64Array(count);
    this.announced = new Float64Array(count);
    this.window = window;
    this.#sendBuffer = sendBuffer;
  }

  /** Room in the send buffer. */
  room(d: number): number {
    return this.#sendBuffer - (this.prepared[d] - this.freed[d]);
  }

  /** Room in the receiver's buffer as the sender knows it. */
  space(d: number): number {
    return this.window[d] - (this.sent[d] - this.confirmed[d]);
  }

  /** Bytes in the send buffer that were not sent. */
  unsent(d: number): number {
    return this.prepared[d] - this.sent[d];
  }

  /** Bytes that have arrived and were not read. */
  unread(d: number): number {
    return this.arrived[d] - this.consumed[d];
  }

  fork(): Streams {
    const copy = new Streams(this.window, this.#sendBuffer);
    copyState(this, copy);
    return copy;
  }

  checkInvariants(): void {
    for (let d = 0; d < this.wanted.length; d++) {
      this.#checkOrder(d, ["wanted", "prepared", "sent", "arrived", "consumed", "announced", "confirmed"]);
      this.#checkOrder(d, ["sent", "freed"]);
      within(`room in the send buffer of direction ${d}`, this.room(d), this.#sendBuffer);
      within(`room in the window of direction ${d}`, this.space(d), this.window[d]);
      within(`unread bytes of direction ${d}`, this.unread(d), this.window[d]);
    }
  }

  #checkOrder(d: number, cursors: readonly Cursor[]): void {
    for (let i = 1; i < cursors.length; i++) {
      const most = this[cursors[i - 1]][d];
      const value = this[cursors[i]][d];
      if (value <= most) continue;
      throw new InvariantError(`direction ${d}: ${cursors[i]} is ${value}, above ${cursors[i - 1]}, which is ${most}`);
    }
  }
}

type Cursor = "wanted" | "prepared" | "sent" | "freed" | "confirmed" | "arrived" | "consumed" | "announced";

function within(what: string, value: number, most: number): void {
  if (value >= 0 && value <= most) return;
  throw new InvariantError(`${what} must be 0 to ${most}, got ${value}`);
}
