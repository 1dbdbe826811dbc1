import type { TieringWorkload, WindowHistogram } from "../../kernel/tiering/workload.ts";
import type { HistogramTrace } from "../format/histogram_trace.ts";
import { assertWindow } from "./assert_window.ts";

/** How to play a recorded program. */
export interface TraceWorkloadOptions {
  /** Units of work that the whole trace is stretched or squeezed to. Default 120. */
  windows?: number;
  /**
   * Most pages of the workload. If the recording has more, neighbours in the address space are merged into one page, in
   * aligned groups of 2, 4, 8, ... until they fit. Default: every recorded page is a page.
   */
  pages?: number;
}

/**
 * A recorded program as a workload.
 *
 * A recorded page stands for a page of the simulated machine, whatever its size there (2 MiB by default): footprint and
 * intensity are scaled up, the pattern is kept. Pages are numbered by first touch, so placing them in order is
 * first-touch placement.
 *
 * The recorded windows are spread evenly over the units of work. With R recorded windows and U units, unit u covers the
 * recording from u R/U to (u + 1) R/U; each recorded window counts by its share inside that interval. A page's write
 * share is its write-backs divided by its fills in that unit, at most 1. Write-backs in a unit without a fill of the
 * page are left out.
 */
export class TraceWorkload implements TieringWorkload {
  readonly name: string;
  readonly pages: number;
  readonly windows: number;
  /** `[windows + 1]` first entry of each unit of work; the last element is the number of entries. */
  readonly #start: Uint32Array;
  /** `[entries]` */
  readonly #page: Uint32Array;
  readonly #access: Float64Array;
  readonly #write: Float32Array;

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
    this.#start = new Uint32Array(windows + 1);
    const page: number[] = [];
    const access: number[] = [];
    const write: number[] = [];
    const fills = new Float64Array(this.pages);
    const writeBacks = new Float64Array(this.pages);
    for (let unit = 0; unit < windows; unit++) {
      const total = accumulate(trace, groups.group, unit, windows, fills, writeBacks);
      for (let i = 0; i < this.pages; i++) {
        const lines = fills[i]!;
        if (lines === 0) continue;
        page.push(i);
        access.push(lines / total);
        write.push(Math.min(1, writeBacks[i]! / lines));
      }
      this.#start[unit + 1] = page.length;
    }
    this.#page = Uint32Array.from(page);
    this.#access = Float64Array.from(access);
    this.#write = Float32Array.from(write);
  }

  fill(index: number, out: WindowHistogram): void {
    assertWindow(this, index);
    const { access, write } = out;
    access.fill(0);
    write.fill(0);
    const end = this.#start[index + 1]!;
    for (let e = this.#start[index]!; e < end; e++) {
      const page = this.#page[e]!;
      access[page] = this.#access[e]!;
      write[page] = this.#write[e]!;
    }
  }
}

/**
 * Sums the traffic of part `unit` of `units` equal parts of a recording by group of pages. Overwrites `fillsOut` and
 * `writeBacksOut`. Returns the sum of fills.
 */
function accumulate(
  { header, windowStart, page, fills, writeBacks }: HistogramTrace,
  group: Uint32Array | null,
  unit: number,
  units: number,
  fillsOut: Float64Array,
  writeBacksOut: Float64Array,
): number {
  fillsOut.fill(0);
  writeBacksOut.fill(0);
  const start = (unit * header.windows) / units;
  const end = ((unit + 1) * header.windows) / units;
  let total = 0;
  for (let window = Math.floor(start); window < end && window < header.windows; window++) {
    const overlap = Math.min(end, window + 1) - Math.max(start, window);
    for (let e = windowStart[window]!; e < windowStart[window + 1]!; e++) {
      const at = group === null ? page[e]! : group[page[e]!]!;
      fillsOut[at]! += overlap * fills[e]!;
      writeBacksOut[at]! += overlap * writeBacks[e]!;
      total += overlap * fills[e]!;
    }
  }
  return total;
}

/** Groups of address neighbours, numbered by first touch. `group` is null if every page is its own group. */
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
