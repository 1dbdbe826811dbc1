import { InputFormatError } from "../format/trace_format_error.ts";
import type { AccessSink } from "./lackey_reader.ts";
import { SkippedLines } from "./skipped_lines.ts";
import { ADDRESS_LIMIT } from "./too_large.ts";

/** Formats of other programs' memory accesses, one a line. */
export const LINE_FORMATS = ["pin", "dinero", "memtrace", "drmemtrace"] as const;
export type LineFormat = (typeof LINE_FORMATS)[number];

/** What a line says. `ignored`: a line of the format that is no access. */
type Parsed =
  | { kind: "read" | "write" | "fetch"; address: string; bytes: number; pc?: string | undefined; thread?: number }
  | "ignored"
  | null;

/** Bytes of an access in formats that state no size. */
const UNSTATED = 1;

const DINERO = ["read", "write", "fetch"] as const;

const PARSERS: Readonly<Record<LineFormat, { expected: string; parse(line: string): Parsed }>> = {
  // Source: pinatrace of Pin's manual; variants have the size behind the address.
  pin: {
    expected: '"PC: R ADDRESS" or "PC: W ADDRESS"',
    parse(line) {
      const match = /^(?:0x)?([\da-f]+): ([RW])\s+(?:0x)?([\da-f]+)(?:\s+(\d{1,5})\b)?/i.exec(line);
      if (match === null) return null;
      const [, pc, kind, address, bytes] = match;
      return { kind: kind.toUpperCase() === "R" ? "read" : "write", address, bytes: Number(bytes ?? UNSTATED), pc };
    },
  },
  // Source: the traditional input of Dinero; 3 and 4 are escapes.
  dinero: {
    expected: '"0 ADDRESS" (read), "1 ADDRESS" (write) or "2 ADDRESS" (fetch)',
    parse(line) {
      const match = /^([0-4])\s+(?:0x)?([\da-f]+)(\s.*)?$/i.exec(line);
      if (match === null) return null;
      const kind = DINERO[Number(match[1])];
      return kind === undefined ? "ignored" : { kind, address: match[2], bytes: UNSTATED };
    },
  },
  // Source: DynamoRIO, api/samples/memtrace_simple.c.
  memtrace: {
    expected: '"ADDRESS: SIZE, r", "ADDRESS: SIZE, w" or "ADDRESS: SIZE, OPCODE"',
    parse(line) {
      if (line.startsWith("Format: ")) return "ignored";
      const match = /^(?:0x)?([\da-f]+):\s*(\d+), (\w+)$/i.exec(line);
      if (match === null) return null;
      const [, address, bytes, what] = match;
      return { kind: what === "r" ? "read" : what === "w" ? "write" : "fetch", address, bytes: Number(bytes) };
    },
  },
  // Source: the view tool of DynamoRIO's drmemtrace.
  drmemtrace: {
    expected: '"RECORD INSTRUCTION: THREAD read|write|ifetch N byte(s) @ ADDRESS"',
    parse(line) {
      const match = /^\d+\s+\d+:\s+(\d+)\s+(.*)$/.exec(line);
      if (match === null) return /^(Output format:|<--|-{3,}|=+|View tool results:)/.test(line) ? "ignored" : null;
      const access = /^(ifetch|read|write)\s+(\d+) byte\(s\) @ 0x([\da-f]+)(?:.* by PC 0x([\da-f]+))?/.exec(match[2]);
      if (access === null) return "ignored";
      const [, what, bytes, address, pc] = access;
      const kind = what === "ifetch" ? "fetch" : (what as "read" | "write");
      return { kind, address, bytes: Number(bytes), pc, thread: Number(match[1]) };
    },
  },
};

/** Largest access size that is accepted, bytes; no instruction touches more. */
const MAX_SIZE = 65536;

/** Longest line, characters. Source: choice. */
const LONGEST = 65536;

/**
 * Reads memory accesses of one of `LINE_FORMATS` chunk by chunk and passes them on. Empty lines and comments (`#`) are
 * no accesses. Other lines are counted and skipped, or refused where `strict`.
 */
export class AccessLineReader {
  readonly skipped = new SkippedLines();
  readonly #sinkOf: (thread: number) => AccessSink;
  readonly #format: LineFormat;
  readonly #file: string | undefined;
  readonly #strict: boolean;
  readonly #decoder = new TextDecoder();
  readonly #pcs = new Map<number, number>();
  #rest = "";
  #line = 0;

  /** @param sinkOf receives the accesses of a thread */
  constructor(
    sinkOf: (thread: number) => AccessSink,
    format: LineFormat,
    { file, strict = false }: { file?: string | undefined; strict?: boolean | undefined } = {},
  ) {
    this.#sinkOf = sinkOf;
    this.#format = format;
    this.#file = file;
    this.#strict = strict;
  }

  /** Reads the next bytes of the text. Throws an InputFormatError with file and line where a line is refused. */
  push(chunk: Uint8Array): void {
    const lines = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split("\n");
    this.#rest = lines.pop()!;
    for (const line of lines) this.#read(line);
    if (this.#rest.length > LONGEST) {
      throw new InputFormatError(
        { file: this.#file, line: this.#line + 1 },
        `a line of more than ${LONGEST} characters`,
      );
    }
  }

  /** Marks the end of the text; its last line needs no line end. */
  end(): void {
    if (this.#rest !== "") this.#read(this.#rest);
    this.#rest = "";
  }

  #read(content: string): void {
    this.#line++;
    const line = content.trim();
    if (line === "" || line.startsWith("#")) return;
    const { parse, expected } = PARSERS[this.#format];
    const parsed = parse(line);
    if (parsed === "ignored") return;
    if (parsed === null || parsed.bytes < 1 || parsed.bytes > MAX_SIZE) {
      if (!this.#strict) {
        this.skipped.add(this.#line, line);
        return;
      }
      const found = JSON.stringify(line.slice(0, 80));
      throw new InputFormatError({ file: this.#file, line: this.#line }, `expected ${expected}, found ${found}`);
    }
    const { kind, bytes, thread = 0 } = parsed;
    const address = Number.parseInt(parsed.address, 16);
    if (kind === "fetch") {
      this.#pcs.set(thread, address);
      return;
    }
    if (address + bytes > Number.MAX_SAFE_INTEGER) {
      throw new InputFormatError({ file: this.#file, line: this.#line }, `${ADDRESS_LIMIT}, got 0x${parsed.address}`);
    }
    const pc = parsed.pc === undefined ? (this.#pcs.get(thread) ?? -1) : Number.parseInt(parsed.pc, 16);
    this.#sinkOf(thread).access(address, bytes, kind === "write", pc);
  }
}
