import type { CacheFilter, HistogramTrace } from "../format/histogram_trace.ts";
import { MOST_ENTRIES, MOST_PAGES, MOST_WINDOWS } from "../format/limits.ts";
import { InputFormatError } from "../format/trace_format_error.ts";
import type { MemoryTraffic } from "./llc_filter.ts";
import type { TraceLabels } from "./trace_labels.ts";

/**
 * Collects the traffic between cache and memory into windows of a fixed number of fills. Pages are numbered by first
 * touch.
 */
export class HistogramTraceBuilder implements MemoryTraffic {
  readonly #pageBytes: number;
  readonly #filter: CacheFilter;
  readonly #windowAccesses: number;
  readonly #idOf = new Map<number, number>();
  readonly #pageNumbers: number[] = [];
  /** `[pages]` counts of the current window. */
  readonly #fills: number[] = [];
  readonly #writeBacks: number[] = [];
  #touched: number[] = [];
  #windowFills = 0;
  #accesses = 0;
  readonly #windowStart: number[] = [0];
  readonly #page: number[] = [];
  readonly #entryFills: number[] = [];
  readonly #entryWriteBacks: number[] = [];

  constructor(pageBytes: number, filter: CacheFilter, windowAccesses: number) {
    if (!Number.isInteger(windowAccesses) || windowAccesses < 1 || windowAccesses > 2 ** 30) {
      throw new RangeError(`windowAccesses must be a whole number from 1 to 2^30, got ${windowAccesses}`);
    }
    this.#pageBytes = pageBytes;
    this.#filter = filter;
    this.#windowAccesses = windowAccesses;
  }

  /** Windows finished so far. */
  get windows(): number {
    return this.#windowStart.length - 1;
  }

  /** Fills so far. */
  get accesses(): number {
    return this.#accesses;
  }

  fill(pageNumber: number): void {
    this.add(pageNumber, 1, 0);
    if (this.#windowFills === this.#windowAccesses) this.endWindow();
  }

  writeBack(pageNumber: number): void {
    this.add(pageNumber, 0, 1);
  }

  /** Adds several fills and write-backs at once, without ending the window. */
  add(pageNumber: number, fills: number, writeBacks: number): void {
    let id = this.#idOf.get(pageNumber);
    if (id === undefined) {
      id = this.#pageNumbers.length;
      if (id === MOST_PAGES) refuse(`${MOST_PAGES} pages: --page-bytes makes pages larger`);
      this.#idOf.set(pageNumber, id);
      this.#pageNumbers.push(pageNumber);
      this.#fills.push(0);
      this.#writeBacks.push(0);
    }
    if (this.#fills[id] === 0 && this.#writeBacks[id] === 0) this.#touched.push(id);
    this.#fills[id]! += fills;
    this.#writeBacks[id]! += writeBacks;
    this.#windowFills += fills;
    this.#accesses += fills;
  }

  /** Ends the current window. */
  endWindow(): void {
    if (this.windows === MOST_WINDOWS) refuse(`${MOST_WINDOWS} windows: --window-accesses makes them longer`);
    if (this.#page.length + this.#touched.length > MOST_ENTRIES) {
      refuse(`${MOST_ENTRIES} pages in all windows together: --window-accesses makes windows longer`);
    }
    this.#touched.sort((a, b) => a - b);
    for (const id of this.#touched) {
      this.#page.push(id);
      this.#entryFills.push(this.#fills[id]!);
      this.#entryWriteBacks.push(this.#writeBacks[id]!);
      this.#fills[id] = 0;
      this.#writeBacks[id] = 0;
    }
    this.#windowStart.push(this.#page.length);
    this.#touched = [];
    this.#windowFills = 0;
  }

  /** Returns the trace. A last window without a fill is left out, together with its write-backs. */
  finish(labels: TraceLabels): HistogramTrace {
    if (this.#windowFills > 0) this.endWindow();
    return {
      kind: "histogram",
      header: {
        ...labels,
        pageBytes: this.#pageBytes,
        filter: this.#filter,
        windowAccesses: this.#windowAccesses,
        windows: this.windows,
        pages: this.#pageNumbers.length,
        accesses: this.#accesses,
      },
      pageNumbers: Float64Array.from(this.#pageNumbers),
      windowStart: Uint32Array.from(this.#windowStart),
      page: Uint32Array.from(this.#page),
      fills: Uint32Array.from(this.#entryFills),
      writeBacks: Uint32Array.from(this.#entryWriteBacks),
    };
  }
}

function refuse(most: string): never {
  throw new InputFormatError({}, `at most ${most}`);
}

/** Merges every `group` consecutive windows of a trace into one. The last merged window may hold fewer. */
export function mergeWindows(trace: HistogramTrace, group: number): HistogramTrace {
  if (group === 1) return trace;
  const { header, pageNumbers, windowStart, page, fills, writeBacks } = trace;
  const builder = new HistogramTraceBuilder(header.pageBytes, header.filter, header.windowAccesses * group);
  // Entries rise by page, which within a window is also the order of first touch.
  for (let window = 0; window < header.windows; window++) {
    for (let e = windowStart[window]!; e < windowStart[window + 1]!; e++) {
      builder.add(pageNumbers[page[e]!]!, fills[e]!, writeBacks[e]!);
    }
    if ((window + 1) % group === 0) builder.endWindow();
  }
  return builder.finish(header);
}
