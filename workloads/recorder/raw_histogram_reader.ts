import type { CacheFilter, HistogramTrace } from "../format/histogram_trace.ts";
import { TraceFormatError } from "../format/trace_format_error.ts";
import { HistogramTraceBuilder } from "./histogram_trace_builder.ts";
import type { TraceLabels } from "./trace_labels.ts";

/**
 * Reads the raw trace that recorder.c writes, line by line:
 *
 *     ring0-raw 1
 *     page_bytes 4096
 *     filter 64 256 16          (line bytes, sets, ways)
 *     window_accesses 20000
 *     window                    (starts every window)
 *     7f1186400 64 3            (page number in hex, fills, write-backs; by first touch in the window)
 *     end 240 23931751          (windows, fills; the last line, so that a cut file is noticed)
 */
export class RawHistogramReader {
  readonly #file: string | undefined;
  #line = 0;
  #pageBytes = 0;
  #filter: CacheFilter = { lineBytes: 0, sets: 0, ways: 0 };
  #windowAccesses = 0;
  #builder: HistogramTraceBuilder | null = null;
  #windowFills = 0;
  #windowOpen = false;
  #ended = false;
  readonly #inWindow = new Set<string>();

  constructor(file?: string) {
    this.#file = file;
  }

  /**
   * Reads the next line, without its line end. Throws a TraceFormatError with file and line if the line is malformed.
   */
  push(text: string): void {
    this.#line++;
    if (this.#ended) this.#refuse('expected nothing after the "end" line', text);
    if (this.#line === 1) {
      if (text !== "ring0-raw 1") this.#refuse('expected "ring0-raw 1"', text);
    } else if (this.#line === 2) {
      [this.#pageBytes] = this.#numbers(text, "page_bytes BYTES", 1) as [number];
    } else if (this.#line === 3) {
      const [lineBytes, sets, ways] = this.#numbers(text, "filter LINE_BYTES SETS WAYS", 3) as [number, number, number];
      this.#filter = { lineBytes, sets, ways };
    } else if (this.#line === 4) {
      [this.#windowAccesses] = this.#numbers(text, "window_accesses FILLS", 1) as [number];
      this.#builder = new HistogramTraceBuilder(this.#pageBytes, this.#filter, this.#windowAccesses);
    } else if (text === "window") {
      if (this.#windowOpen) this.#endWindow(this.#windowAccesses, text);
      this.#windowOpen = true;
    } else if (text.startsWith("end ")) {
      this.#end(text);
    } else {
      this.#entry(text);
    }
  }

  /** Returns the trace. Throws a TraceFormatError unless the last line was "end". */
  finish(labels: TraceLabels): HistogramTrace {
    if (!this.#ended) {
      const place = { file: this.#file, line: this.#line + 1 };
      throw new TraceFormatError(
        place,
        'expected an "end" line: the recorded program did not exit, or the file was cut',
      );
    }
    return this.#builder!.finish(labels);
  }

  #entry(text: string): void {
    const match = /^([0-9a-f]{1,13}) (\d{1,10}) (\d{1,10})$/.exec(text);
    if (match === null || !this.#windowOpen) {
      this.#refuse('expected "window", "end WINDOWS FILLS" or in a window "PAGE_IN_HEX FILLS WRITE_BACKS"', text);
    }
    const [, page, fills, writeBacks] = match as unknown as [string, string, string, string];
    if (this.#inWindow.has(page)) this.#refuse("expected each page once in a window", text);
    this.#inWindow.add(page);
    if (Number(fills) + Number(writeBacks) === 0) this.#refuse("expected a fill or a write-back", text);
    this.#windowFills += Number(fills);
    this.#builder!.add(Number.parseInt(page, 16), Number(fills), Number(writeBacks));
  }

  #endWindow(expected: number, text: string): void {
    if (this.#windowFills !== expected) {
      this.#refuse(`expected ${expected} fills in the window before this line and found ${this.#windowFills}`, text);
    }
    this.#builder!.endWindow();
    this.#windowFills = 0;
    this.#inWindow.clear();
  }

  #end(text: string): void {
    const [windows, fills] = this.#numbers(text, "end WINDOWS FILLS", 2) as [number, number];
    const most = this.#windowAccesses;
    if (!this.#windowOpen) this.#refuse("expected at least one window before the end", text);
    if (this.#windowFills < 1 || this.#windowFills > most) {
      this.#refuse(`expected 1 to ${most} fills in the last window and found ${this.#windowFills}`, text);
    }
    this.#endWindow(this.#windowFills, text);
    const builder = this.#builder!;
    if (windows !== builder.windows || fills !== builder.accesses) {
      this.#refuse(`expected "end ${builder.windows} ${builder.accesses}"`, text);
    }
    this.#ended = true;
  }

  /** The `count` positive whole numbers that follow the first word of `form`. */
  #numbers(text: string, form: string, count: number): number[] {
    const words = text.split(" ");
    const right = words[0] === form.split(" ")[0] && words.length === count + 1;
    if (!right || !words.slice(1).every((word) => /^[1-9]\d{0,14}$/.test(word))) {
      this.#refuse(`expected "${form}" with positive whole numbers`, text);
    }
    return words.slice(1).map(Number);
  }

  #refuse(problem: string, text: string): never {
    const place = { file: this.#file, line: this.#line };
    throw new TraceFormatError(place, `${problem}, found ${JSON.stringify(text.slice(0, 80))}`);
  }
}
