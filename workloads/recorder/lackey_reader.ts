import { TraceFormatError } from "../format/trace_format_error.ts";

const NEWLINE = 10;
const SPACE = 32;
const COMMA = 44;
const INSTRUCTION = 73;
const LOAD = 76;
const MODIFY = 77;
const STORE = 83;
const EXPECTED = 'expected "I  addr,size", " L addr,size", " S addr,size", " M addr,size" or "==pid== ..."';
/** Largest access size that is accepted, bytes; no instruction touches more. */
const MAX_SIZE = 65536;

/** Receives memory accesses one after another. */
export interface AccessSink {
  /**
   * Takes one access of `bytes` bytes (at least 1) at `address`, a whole number below 2^53.
   *
   * @param pc address of the instruction that makes the access, or -1 if unknown
   */
  access(address: number, bytes: number, write: boolean, pc: number): void;
}

/**
 * Reads the text of `valgrind --tool=lackey --trace-mem=yes` chunk by chunk and passes its data accesses on. A load is
 * a read and a store is a write. A modify is both and counts as one write. An instruction fetch is checked and gives
 * the program counter of the accesses after it.
 */
export class LackeyReader {
  readonly #sink: AccessSink;
  readonly #file: string | undefined;
  #line = 1;
  #pc = -1;
  #rest = new Uint8Array(0);

  constructor(sink: AccessSink, file?: string) {
    this.#sink = sink;
    this.#file = file;
  }

  /**
   * Reads the next bytes of the text. Throws a TraceFormatError with file and line at the first line that lackey cannot
   * have written.
   */
  push(chunk: Uint8Array): void {
    let text = chunk;
    if (this.#rest.length > 0) {
      text = new Uint8Array(this.#rest.length + chunk.length);
      text.set(this.#rest);
      text.set(chunk, this.#rest.length);
    }
    let start = 0;
    for (let end = text.indexOf(NEWLINE); end !== -1; end = text.indexOf(NEWLINE, start)) {
      this.#read(text, start, end);
      start = end + 1;
      this.#line++;
    }
    this.#rest = text.slice(start);
    if (this.#rest.length > MAX_SIZE) this.#refuse(text, start, text.length);
  }

  /** Marks the end of the text. Throws a TraceFormatError if the text ends inside a line or is empty. */
  end(): void {
    if (this.#rest.length > 0 || this.#line === 1) {
      const place = { file: this.#file, line: this.#line };
      throw new TraceFormatError(place, "expected a line end, the text ends here");
    }
  }

  #read(text: Uint8Array, start: number, end: number): void {
    const first = text[start];
    const second = text[start + 1];
    // valgrind's message prefixes: ==pid==, --pid--, **pid**.
    if (first === second && (first === 61 || first === 45 || first === 42)) return;
    const fetch = first === INSTRUCTION && second === SPACE;
    if (!fetch && (first !== SPACE || (second !== LOAD && second !== STORE && second !== MODIFY))) {
      this.#refuse(text, start, end);
    }
    if (text[start + 2] !== SPACE) this.#refuse(text, start, end);
    let address = 0;
    let i = start + 3;
    for (; i < end && text[i] !== COMMA; i++) {
      const digit = hexDigit(text[i]!);
      if (digit < 0) this.#refuse(text, start, end);
      address = address * 16 + digit;
    }
    const sizeStart = i + 1;
    let size = 0;
    for (i = sizeStart; i < end; i++) {
      const digit = text[i]! - 48;
      if (digit < 0 || digit > 9) this.#refuse(text, start, end);
      size = size * 10 + digit;
    }
    const whole = sizeStart > start + 4 && end > sizeStart;
    if (!whole || size < 1 || size > MAX_SIZE || address + size > Number.MAX_SAFE_INTEGER) {
      this.#refuse(text, start, end);
    }
    if (fetch) this.#pc = address;
    else this.#sink.access(address, size, second !== LOAD, this.#pc);
  }

  #refuse(text: Uint8Array, start: number, end: number): never {
    const found = new TextDecoder().decode(text.subarray(start, Math.min(end, start + 80)));
    throw new TraceFormatError({ file: this.#file, line: this.#line }, `${EXPECTED}, found ${JSON.stringify(found)}`);
  }
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  if (byte >= 97 && byte <= 102) return byte - 87;
  if (byte >= 65 && byte <= 70) return byte - 55;
  return -1;
}
