import { InputFormatError } from "../format/trace_format_error.ts";
import { SkippedLines } from "./skipped_lines.ts";
import { ADDRESS_LIMIT } from "./too_large.ts";

const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const COMMA = 44;
const INSTRUCTION = 73;
const LOAD = 76;
const MODIFY = 77;
const STORE = 83;
const SUPERBLOCK = 66;
/** U+FEFF in UTF-8. */
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
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
 * the program counter of the accesses after it. Messages of valgrind and superblocks (`SB`) are no accesses. Blanks at
 * the end of a line are allowed, any of the three line ends, and a byte-order mark.
 */
export class LackeyReader {
  /** Lines that were skipped. */
  readonly skipped = new SkippedLines();
  /** Whether a message of valgrind shows that the program had several threads. */
  threads = false;
  readonly #sink: AccessSink;
  readonly #file: string | undefined;
  readonly #strict: boolean;
  #line = 1;
  #pc = -1;
  #rest = new Uint8Array(0);
  /** The character that ends a line: a carriage return where the text has no newline. Null before the first bytes. */
  #lineEnd: number | null = null;

  /**
   * @param options.strict refuses lines that lackey cannot have written, such as the program's own, and a text that
   *   ends inside a line. Otherwise they are skipped and counted. Default: true
   */
  constructor(sink: AccessSink, file?: string, { strict = true }: { strict?: boolean | undefined } = {}) {
    this.#sink = sink;
    this.#file = file;
    this.#strict = strict;
  }

  /**
   * Reads the next bytes of the text. Throws an InputFormatError with file and line at the first line that is refused.
   */
  push(chunk: Uint8Array): void {
    let text = chunk;
    if (this.#rest.length > 0) {
      text = new Uint8Array(this.#rest.length + chunk.length);
      text.set(this.#rest);
      text.set(chunk, this.#rest.length);
    }
    let start = 0;
    if (this.#lineEnd === null && text.length > 0) {
      this.#lineEnd = text.includes(NEWLINE) || !text.includes(RETURN) ? NEWLINE : RETURN;
      if (BYTE_ORDER_MARK.every((byte, i) => text[i] === byte)) start = BYTE_ORDER_MARK.length;
    }
    const lineEnd = this.#lineEnd ?? NEWLINE;
    for (let end = text.indexOf(lineEnd, start); end !== -1; end = text.indexOf(lineEnd, start)) {
      this.#read(text, start, end);
      start = end + 1;
      this.#line++;
    }
    this.#rest = text.slice(start);
    if (this.#rest.length > MAX_SIZE) this.#refuse(text, start, text.length, `; a line has at most ${MAX_SIZE} bytes`);
  }

  /** Marks the end of the text. If strict, throws an InputFormatError if the text ends inside a line or is empty. */
  end(): void {
    if (!this.#strict) {
      if (this.#rest.length > 0) this.#read(this.#rest, 0, this.#rest.length);
      this.#rest = new Uint8Array(0);
      return;
    }
    if (this.#rest.length > 0 || this.#line === 1) {
      const place = { file: this.#file, line: this.#line };
      throw new InputFormatError(place, "expected a line end, the text ends here");
    }
  }

  #read(text: Uint8Array, start: number, lineEnd: number): void {
    let end = lineEnd;
    while (end > start && (text[end - 1] === SPACE || text[end - 1] === RETURN || text[end - 1] === TAB)) end--;
    const first = text[start];
    const second = text[start + 1];
    // valgrind's message prefixes: ==pid==, --pid--, **pid**.
    if (first === second && (first === 61 || first === 45 || first === 42)) {
      this.#message(text, start, end);
      return;
    }
    if (first === STORE && second === SUPERBLOCK && text[start + 2] === SPACE) return;
    const fetch = first === INSTRUCTION && second === SPACE;
    if (!fetch && (first !== SPACE || (second !== LOAD && second !== STORE && second !== MODIFY))) {
      this.#skip(text, start, lineEnd);
      return;
    }
    if (text[start + 2] !== SPACE) {
      this.#skip(text, start, lineEnd);
      return;
    }
    let address = 0;
    let i = start + 3;
    for (; i < end && text[i] !== COMMA; i++) {
      const digit = hexDigit(text[i]!);
      if (digit < 0) {
        this.#skip(text, start, lineEnd);
        return;
      }
      address = address * 16 + digit;
    }
    const sizeStart = i + 1;
    let size = 0;
    for (i = sizeStart; i < end; i++) {
      const digit = text[i]! - 48;
      if (digit < 0 || digit > 9) {
        this.#skip(text, start, lineEnd);
        return;
      }
      size = size * 10 + digit;
    }
    const whole = sizeStart > start + 4 && end > sizeStart;
    if (!whole || size < 1 || size > MAX_SIZE) {
      this.#skip(text, start, lineEnd);
      return;
    }
    // The kernel's page of fast system calls lies there, and instructions in it need not be exact.
    if (address + size > Number.MAX_SAFE_INTEGER && (this.#strict || !fetch)) {
      this.#refuse(text, start, lineEnd, `; ${ADDRESS_LIMIT}`);
    }
    if (fetch) this.#pc = address;
    else this.#sink.access(address, size, second !== LOAD, this.#pc);
  }

  #message(text: Uint8Array, start: number, end: number): void {
    if (this.threads) return;
    const match = /^..\d+..\s+(?:SCHED\[(\d+)\]|Thread #?(\d+)\b|SYSCALL\[\d+, ?(\d+)\])/.exec(
      decode(text, start, end),
    );
    if (match !== null) this.threads = Number(match[1] ?? match[2] ?? match[3]) > 1;
  }

  #skip(text: Uint8Array, start: number, end: number): void {
    if (this.#strict) this.#refuse(text, start, end);
    const found = decode(text, start, end);
    if (found.trim() !== "") this.skipped.add(this.#line, found);
  }

  #refuse(text: Uint8Array, start: number, end: number, why = ""): never {
    const found = JSON.stringify(decode(text, start, end));
    throw new InputFormatError({ file: this.#file, line: this.#line }, `${EXPECTED}, found ${found}${why}`);
  }
}

function decode(text: Uint8Array, start: number, end: number): string {
  return new TextDecoder().decode(text.subarray(start, Math.min(end, start + 80)));
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  if (byte >= 97 && byte <= 102) return byte - 87;
  if (byte >= 65 && byte <= 70) return byte - 55;
  return -1;
}
