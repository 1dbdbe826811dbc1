import { HEADER_BYTES, MAX_PAYLOAD_BYTES } from "./frames.ts";
import { ServeError } from "./serve_error.ts";

/** Size at first, bytes. Source: choice, what a pipe of Linux holds. */
const FIRST_BYTES = 1 << 16;

/**
 * The bytes that a client has sent, from the first frame that is not answered. Its memory is bounded: no more than the
 * limit of a payload and one piece.
 *
 * Write into `free`, call `add`, and while `next` says that a request is complete, answer it and call `drop`.
 */
export class RequestBuffer {
  #bytes = new Uint8Array(FIRST_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #filled = 0;
  /** The number that the next request must have. */
  #sequence = 1;

  /** Type of the complete request. */
  type = 0;
  /** Sequence number of the request. */
  sequence = 0;
  /** Bytes of its payload. */
  length = 0;

  /** All bytes; the payload of the complete request begins at `HEADER_BYTES`. It changes when it has to grow. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes;
  }

  /** Where free bytes begin in `bytes`. At least one byte is free after `next` returned false. */
  get filled(): number {
    return this.#filled;
  }

  /** Says that `count` bytes were written at `filled`. */
  add(count: number): void {
    this.#filled += count;
  }

  /** Copies a piece into the buffer. */
  append(piece: Uint8Array): void {
    this.#reserve(this.#filled + piece.length);
    this.#bytes.set(piece, this.#filled);
    this.#filled += piece.length;
  }

  /**
   * Whether a request is complete. If so, `type`, `sequence` and `length` are those of it.
   *
   * @param limit bytes that the payload of a request may have now
   * @throws ServeError when the stream cannot be read on. `sequence` is what the reply must repeat.
   */
  next(limit = MAX_PAYLOAD_BYTES): boolean {
    if (this.#filled < HEADER_BYTES) return false;
    const view = this.#view;
    const length = view.getUint32(0, true);
    const word = view.getUint32(4, true);
    this.sequence = view.getUint32(8, true);
    if (word > 255 || view.getUint32(12, true) !== 0) {
      throw new ServeError("protocol", "bytes 5 to 7 and 12 to 15 of a frame must be 0: this is no frame");
    }
    if (this.sequence !== this.#sequence) {
      const { sequence } = this;
      throw new ServeError("protocol", `the sequence number must be ${this.#sequence}, got ${sequence}`);
    }
    if (length > limit) {
      throw new ServeError("protocol", `a payload may have ${limit} bytes here, got ${length}`);
    }
    this.type = word;
    this.length = length;
    if (this.#filled >= HEADER_BYTES + length) return true;
    this.#reserve(HEADER_BYTES + length);
    return false;
  }

  /** Forgets the complete request. The bytes behind it move to the front, so that payloads stay aligned. */
  drop(): void {
    const end = HEADER_BYTES + this.length;
    if (this.#filled > end) this.#bytes.copyWithin(0, end, this.#filled);
    this.#filled -= end;
    this.#sequence = (this.#sequence + 1) % 2 ** 32;
  }

  #reserve(size: number): void {
    if (size <= this.#bytes.length) return;
    const bytes = new Uint8Array(Math.max(size, Math.min(2 * this.#bytes.length, MAX_PAYLOAD_BYTES)));
    bytes.set(this.#bytes.subarray(0, this.#filled));
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}
