import type { AccessTrace, MappedRange } from "../format/access_trace.ts";
import { MOST_RANGES } from "../format/limits.ts";
import { TraceFormatError } from "../format/trace_format_error.ts";
import { type AccessCut, AccessTraceBuilder } from "./access_trace_builder.ts";
import type { TraceLabels } from "./trace_labels.ts";

/** First line of a raw recording of page accesses. */
const RAW_ACCESSES = "ring0-raw-accesses 1";

/**
 * Reads the raw page accesses that recorder.c writes, line by line:
 *
 *     ring0-raw-accesses 1
 *     page_bytes 4096
 *     stack_depth 16
 *     skipped 0                        (accesses left out before the first one here)
 *     7f1186400 555555556a10 0 17 1    (page number and instruction in hex, thread, work, 1 for a write)
 *     vma 7f1186000 1024               (page number in hex, pages; by rising address, behind all accesses)
 *     end 4793512                      (accesses; the last line, so that a cut file is noticed)
 */
export class RawAccessReader {
  readonly #file: string | undefined;
  readonly #cut: Pick<AccessCut, "skip" | "keep">;
  #line = 0;
  #pageBytes = 0;
  #stackDepth = 0;
  #builder: AccessTraceBuilder | null = null;
  #accesses = 0;
  readonly #mapped: MappedRange[] = [];
  #mappedEnd = 0;
  #ended = false;

  /** @param cut accesses to leave out of the recording */
  constructor(file?: string, cut: Pick<AccessCut, "skip" | "keep"> = {}) {
    this.#file = file;
    this.#cut = cut;
  }

  /**
   * Reads the next line, without its line end. Throws a TraceFormatError with file and line if the line is malformed.
   */
  push(text: string): void {
    this.#line++;
    if (this.#ended) this.#refuse('expected nothing after the "end" line', text);
    if (this.#line === 1) {
      if (text !== RAW_ACCESSES) this.#refuse(`expected "${RAW_ACCESSES}"`, text);
    } else if (this.#line === 2) {
      this.#pageBytes = this.#number(text, "page_bytes");
      if (!Number.isInteger(Math.log2(this.#pageBytes))) this.#refuse("expected a power of two", text);
    } else if (this.#line === 3) {
      this.#stackDepth = this.#number(text, "stack_depth");
      if (this.#stackDepth === 0) this.#refuse("expected a depth of at least 1", text);
    } else if (this.#line === 4) {
      const skipped = this.#number(text, "skipped");
      const { skip = 0, keep } = this.#cut;
      const cut = { pageBytes: this.#pageBytes, stackDepth: this.#stackDepth };
      this.#builder = new AccessTraceBuilder({ ...cut, skip, keep, skipped });
    } else if (text.startsWith("vma ")) {
      this.#vma(text);
    } else if (text.startsWith("end ")) {
      const accesses = this.#number(text, "end");
      if (accesses !== this.#accesses) this.#refuse(`expected "end ${this.#accesses}"`, text);
      this.#ended = true;
    } else {
      this.#access(text);
    }
  }

  /** Returns the trace. Throws a TraceFormatError unless the last line was "end" and at least one access was kept. */
  finish(labels: TraceLabels): AccessTrace {
    if (!this.#ended) {
      const place = { file: this.#file, line: this.#line + 1 };
      throw new TraceFormatError(
        place,
        'expected an "end" line: the recorded program did not exit, or the file was cut',
      );
    }
    const builder = this.#builder!;
    if (builder.accesses === 0) {
      const { skip = 0 } = this.#cut;
      throw new TraceFormatError(
        { file: this.#file, line: this.#line },
        `expected more than ${skip} accesses, to leave that many out, found ${this.#accesses}`,
      );
    }
    return builder.finish(labels, this.#mapped);
  }

  #access(text: string): void {
    const match = /^([0-9a-f]{1,13}) ([0-9a-f]{1,16}) (\d{1,9}) (\d{1,15}) ([01])$/.exec(text);
    if (match === null || this.#mapped.length > 0) {
      this.#refuse(
        'expected "PAGE_IN_HEX PC_IN_HEX THREAD WORK 0|1", then "vma PAGE_IN_HEX PAGES", "end ACCESSES"',
        text,
      );
    }
    const [, page, pc, thread, work, write] = match as unknown as [string, string, string, string, string, string];
    this.#accesses++;
    const number = Number.parseInt(page, 16);
    this.#builder!.add(Number(thread), number, write === "1", Number.parseInt(pc, 16), Number(work));
  }

  #vma(text: string): void {
    const match = /^vma ([0-9a-f]{1,13}) ([1-9]\d{0,14})$/.exec(text);
    if (match === null) this.#refuse('expected "vma PAGE_IN_HEX PAGES"', text);
    const start = Number.parseInt(match[1]!, 16);
    const pages = Number(match[2]);
    if (start < this.#mappedEnd || start + pages > 2 ** 52) {
      this.#refuse(`expected a range from page ${this.#mappedEnd.toString(16)} on, below 2^52`, text);
    }
    if (this.#mapped.length === MOST_RANGES) this.#refuse(`expected at most ${MOST_RANGES} mapped ranges`, text);
    this.#mapped.push({ start, pages });
    this.#mappedEnd = start + pages;
  }

  #number(text: string, name: string): number {
    const match = new RegExp(`^${name} (0|[1-9]\\d{0,9})$`).exec(text);
    if (match === null) this.#refuse(`expected "${name} N"`, text);
    return Number(match[1]);
  }

  #refuse(problem: string, text: string): never {
    const place = { file: this.#file, line: this.#line };
    throw new TraceFormatError(place, `${problem}, found ${JSON.stringify(text.slice(0, 80))}`);
  }
}
