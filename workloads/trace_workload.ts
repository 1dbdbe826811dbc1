import type { TieringWorkload, WindowHistogram } from "../kernel/tiering/workload.ts";
import { assertWindow } from "./assert_window.ts";
import type { HistogramTrace } from "./trace.ts";

/** How a recorded program is played. */
export interface TraceWorkloadOptions {
  /** Units of work the trace is stretched or squeezed to. Default 120. */
  windows?: number;
  /**
   * At most this many pages: recorded pages that are neighbours in address space become one page, in aligned groups of
   * 2, 4, 8, ... until they fit. Default: every recorded page is a page.
   */
  pages?: number;
}

/**
 * A recorded program as a workload.
 *
 * A recorded page stands for a page of the simulated machine, whatever its size there (2 MiB by default): footprint
 * and intensity are scaled up, the pattern is kept. Pages are numbered by first touch, so placing them in order is
 * first-touch placement. The recorded windows are spread evenly over the units of work: with R recorded windows and U
 * units, unit u covers the recording from u R/U to (u + 1) R/U and takes each recorded window by how much of it lies
 * there. A page's write share is its write-backs over its fills in that unit, at most 1; write-backs in a unit without a
 * fill of the page are left out.
 */
export class TraceWorkload implements TieringWorkload {
  readonly name: string;
  readonly pages: number;
  readonly windows: number;
  readonly #trace: HistogramTrace;
  /** `[entries]` page of this workload that an entry of the trace belongs to. */
  readonly #page: Uint32Array;

  constructor(trace: HistogramTrace, options: TraceWorkloadOptions = {}) {
    const { windows = 120, pages = trace.header.pages } = options;
    if (!Number.isInteger(windows) || windows < 1) {
      throw new RangeError(`windows must be a whole number of at least 1, got ${windows}`);
    }
    if (!Number.isInteger(pages) || pages < 1) {
      throw new RangeError(`pages must be a whole number of at least 1, got ${pages}`);
    }
    const groups = groupPages(trace.pageNumbers, pages);
    this.name = trace.header.name;
    this.pages = groups.count;
    this.windows = windows;
    this.#trace = trace;
    this.#page = groups.group === null ? trace.page : trace.page.map((page) => groups.group![page]!);
  }

  fill(index: number, out: WindowHistogram): void {
    assertWindow(this, index);
    const { header, windowStart, fills, writeBacks } = this.#trace;
    const page = this.#page;
    const { access, write } = out;
    access.fill(0);
    write.fill(0);
    const from = (index * header.windows) / this.windows;
    const to = ((index + 1) * header.windows) / this.windows;
    let total = 0;
    for (let window = Math.floor(from); window < to && window < header.windows; window++) {
      const overlap = Math.min(to, window + 1) - Math.max(from, window);
      const end = windowStart[window + 1]!;
      for (let e = windowStart[window]!; e < end; e++) {
        const lines = overlap * fills[e]!;
        access[page[e]!]! += lines;
        write[page[e]!]! += overlap * writeBacks[e]!;
        total += lines;
      }
    }
    const scale = 1 / total;
    for (let i = 0; i < this.pages; i++) {
      const lines = access[i]!;
      write[i] = lines > 0 ? Math.min(1, write[i]! / lines) : 0;
      access[i] = lines * scale;
    }
  }
}

/** Groups of address neighbours, numbered by first touch. `group` is null where every page is its own group. */
function groupPages(pageNumbers: Float64Array, limit: number): { count: number; group: Uint32Array | null } {
  if (pageNumbers.length <= limit) return { count: pageNumbers.length, group: null };
  for (let size = 2; ; size *= 2) {
    const numberOf = new Map<number, number>();
    const group = new Uint32Array(pageNumbers.length);
    for (let i = 0; i < pageNumbers.length; i++) {
      const block = Math.floor(pageNumbers[i]! / size);
      let number = numberOf.get(block);
      if (number === undefined) {
        number = numberOf.size;
        numberOf.set(block, number);
      }
      group[i] = number;
    }
    if (numberOf.size <= limit) return { count: numberOf.size, group };
  }
}
