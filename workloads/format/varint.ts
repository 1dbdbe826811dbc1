import { TraceFormatError } from "./trace_format_error.ts";

/** A growing byte array to which variable-length integers are appended. */
export class VarintWriter {
  #bytes = new Uint8Array(65536);
  #length = 0;

  /**
   * Appends a whole number from 0 to 2^53 - 1: seven bits per byte, lowest first; all bytes but the last have the top
   * bit set.
   */
  unsigned(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new RangeError(`a varint holds a whole number from 0 to 2^53 - 1, got ${value}`);
    }
    let rest = value;
    while (rest >= 128) {
      this.#push((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    this.#push(rest);
  }

  /**
   * Appends a whole number of either sign with a magnitude up to 2^52 - 1: 0, -1, 1, -2, ... are written as 0, 1, 2, 3,
   * ...
   */
  signed(value: number): void {
    this.unsigned(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** A copy of the bytes so far. */
  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #push(byte: number): void {
    if (this.#length === this.#bytes.length) {
      const grown = new Uint8Array(this.#bytes.length * 2);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes[this.#length++] = byte;
  }
}

/** Reads the output of a `VarintWriter`. Every error is a `TraceFormatError` with the byte at which it occurred. */
export class VarintReader {
  readonly #bytes: Uint8Array;
  readonly #file: string | undefined;
  #position = 0;

  constructor(bytes: Uint8Array, file?: string) {
    this.#bytes = bytes;
    this.#file = file;
  }

  /** Byte at which the next number starts. */
  get position(): number {
    return this.#position;
  }

  /** Reads the next unsigned number. `what` and, if given, `index` name it in messages. */
  unsigned(what: string, index?: number): number {
    // Most numbers have one byte.
    const first = this.#bytes[this.#position];
    if (first !== undefined && first < 128) {
      this.#position++;
      return first;
    }
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 8; i++) {
      const byte = this.#bytes[this.#position + i];
      if (byte === undefined) this.refuse(`expected ${named(what, index)}, the body ends here`);
      value += (byte & 127) * scale;
      if (byte < 128) {
        if (i > 0 && byte === 0) this.refuse(`expected ${named(what, index)} as a varint in its shortest form`);
        if (value > Number.MAX_SAFE_INTEGER) break;
        this.#position += i + 1;
        return value;
      }
      scale *= 128;
    }
    this.refuse(`expected ${named(what, index)} as a varint below 2^53`);
  }

  /** Reads the next signed number. `what` and, if given, `index` name it in messages. */
  signed(what: string, index?: number): number {
    const value = this.unsigned(what, index);
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  /** Reads the next unsigned number, which must be below 2^32. `what` and, if given, `index` name it in messages. */
  count(what: string, index?: number): number {
    const at = this.#position;
    const value = this.unsigned(what, index);
    if (value >= 2 ** 32) this.refuse(`expected ${named(what, index)} below 2^32, found ${value}`, at);
    return value;
  }

  /** Throws a `TraceFormatError` unless every byte has been read. */
  assertEnd(): void {
    if (this.#position !== this.#bytes.length) {
      this.refuse(`expected the end of the body, ${this.#bytes.length - this.#position} bytes follow`);
    }
  }

  /** Throws a `TraceFormatError` at the current byte, or at `byte`. */
  refuse(problem: string, byte = this.#position): never {
    throw new TraceFormatError({ file: this.#file, byte, part: "unpacked body" }, problem);
  }
}

/** The name of a number in a message. It is put together only for an error: a trace has millions of numbers. */
function named(what: string, index: number | undefined): string {
  return index === undefined ? what : `${what} ${index}`;
}
