import { type AccessTrace, MAX_PROGRAM_COUNTERS, MAX_TRACE_THREADS, type MappedRange } from "../format/access_trace.ts";
import { MOST_ACCESSES, MOST_PAGES, MOST_RANGES } from "../format/limits.ts";
import { InputFormatError } from "../format/trace_format_error.ts";
import type { TraceLabels } from "./trace_labels.ts";

/** How page accesses are recorded, and which of them are kept. */
export interface AccessCut {
  /** Bytes of a page, a power of two. */
  pageBytes: number;
  /** Depth of the stack deletion: accesses to this many last distinct pages of a thread are not recorded. */
  stackDepth: number;
  /** Recorded accesses to leave out at the start. Default 0. */
  skip?: number;
  /** Most recorded accesses to keep. Default: all. */
  keep?: number | undefined;
  /** Recorded accesses that were already left out before the first offered access. Default 0. */
  skipped?: number;
}

/** Pages outside all mappings form one range while at most this many unused pages lie between them. Source: choice. */
const MAX_GAP = 64;

/** Assigns a number to each key, by first appearance. From `most` keys on, further keys share the last number. */
class Numbering {
  readonly #of = new Map<number, number>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#of.size;
  }

  of(key: number): number {
    let number = this.#of.get(key);
    if (number === undefined) {
      number = this.#of.size;
      if (number === this.#most) return number - 1;
      this.#of.set(key, number);
    }
    return number;
  }
}

/** A growing array of numbers. */
class Column<Values extends Float64Array | Uint32Array | Uint16Array | Uint8Array> {
  #values: Values;
  readonly #grow: (length: number) => Values;
  length = 0;

  constructor(grow: (length: number) => Values) {
    this.#grow = grow;
    this.#values = grow(1024);
  }

  push(value: number): void {
    if (this.length === this.#values.length) {
      const grown = this.#grow(2 * this.length);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.length++] = value;
  }

  /** The values so far; not a copy. */
  values(): Values {
    return this.#values.subarray(0, this.length) as Values;
  }
}

/**
 * Collects recorded page accesses. Threads and program counters are numbered by first appearance among the kept
 * accesses.
 */
export class AccessTraceBuilder {
  readonly #pageBytes: number;
  readonly #stackDepth: number;
  readonly #skip: number;
  readonly #keep: number;
  readonly #skipped: number;
  readonly #threads = new Numbering(MAX_TRACE_THREADS);
  readonly #pcs = new Numbering(MAX_PROGRAM_COUNTERS);
  readonly #pageNumber = new Column((length) => new Float64Array(length));
  readonly #thread = new Column((length) => new Uint8Array(length));
  readonly #write = new Column((length) => new Uint8Array(length));
  readonly #pc = new Column((length) => new Uint16Array(length));
  readonly #work = new Column((length) => new Uint32Array(length));
  #offered = 0;

  /** @throws RangeError if `skip` or `keep` is not possible */
  constructor({ pageBytes, stackDepth, skip = 0, keep = 2 ** 31, skipped = 0 }: AccessCut) {
    for (const [name, value, least] of [
      ["skip", skip, 0],
      ["keep", keep, 1],
    ] as const) {
      if (!Number.isInteger(value) || value < least || value > 2 ** 31) {
        throw new RangeError(`${name} must be a whole number from ${least} to 2^31, got ${value}`);
      }
    }
    this.#pageBytes = pageBytes;
    this.#stackDepth = stackDepth;
    this.#skip = skip;
    this.#keep = keep;
    this.#skipped = skipped + skip;
  }

  /** Accesses kept so far. */
  get accesses(): number {
    return this.#work.length;
  }

  /** Whether `keep` accesses have been kept; later accesses are dropped. */
  get full(): boolean {
    return this.#work.length >= this.#keep;
  }

  /**
   * Adds the next recorded access.
   *
   * @param thread any number that identifies the thread
   * @param pc any number that identifies the instruction
   * @param work memory accesses of the thread since its previous recorded access
   */
  add(thread: number, pageNumber: number, write: boolean, pc: number, work: number): void {
    if (this.#offered++ < this.#skip || this.full) return;
    if (this.accesses === MOST_ACCESSES) refuse(`${MOST_ACCESSES} accesses: --skip and --keep choose a part`);
    this.#thread.push(this.#threads.of(thread));
    this.#pageNumber.push(pageNumber);
    this.#write.push(write ? 1 : 0);
    this.#pc.push(this.#pcs.of(pc));
    this.#work.push(Math.min(work, 2 ** 32 - 1));
  }

  /**
   * Returns the trace. At least one access must have been kept.
   *
   * @param mapped ranges that were mapped, in any order, without overlap. Ranges without an access are left out. Pages
   *   outside all ranges form ranges of their own, which end where more than 64 unused pages follow
   */
  finish(labels: TraceLabels, mapped: readonly MappedRange[]): AccessTrace {
    const accessed = this.#pageNumber.values();
    const pageNumbers = accessed.slice().sort();
    let pages = 0;
    for (const number of pageNumbers) {
      if (pages === 0 || pageNumbers[pages - 1] !== number) pageNumbers[pages++] = number;
    }
    if (pages > MOST_PAGES) refuse(`${MOST_PAGES} pages, here ${pages}: --page-bytes makes pages larger`);
    const distinct = pageNumbers.slice(0, pages);
    const idOf = new Map<number, number>();
    for (let i = 0; i < pages; i++) idOf.set(distinct[i]!, i);
    const vmas = rangesOf(distinct, mapped);
    if (vmas.length > MOST_RANGES) refuse(`${MOST_RANGES} mapped ranges, here ${vmas.length}: --keep takes fewer`);
    return {
      kind: "accesses",
      header: {
        ...labels,
        pageBytes: this.#pageBytes,
        stackDepth: this.#stackDepth,
        skipped: this.#skipped,
        threads: this.#threads.size,
        accesses: this.accesses,
        pages,
        programCounters: this.#pcs.size,
        vmas: vmas.length,
      },
      vmas,
      pageNumbers: distinct,
      thread: this.#thread.values().slice(),
      page: Uint32Array.from(accessed, (number) => idOf.get(number)!),
      write: this.#write.values().slice(),
      pc: this.#pc.values().slice(),
      work: this.#work.values().slice(),
    };
  }
}

function refuse(most: string): never {
  throw new InputFormatError({}, `at most ${most}`);
}

/**
 * The mapped ranges that contain one of the rising page numbers, and new ranges around the pages outside all mappings.
 */
function rangesOf(pageNumbers: Float64Array, mapped: readonly MappedRange[]): MappedRange[] {
  const sorted = mapped.toSorted((a, b) => a.start - b.start);
  const ranges: MappedRange[] = [];
  let at = 0;
  // End of the last range, and whether that range was made here and grows with its pages.
  let end = 0;
  let grows = false;
  for (const number of pageNumbers) {
    if (!grows && ranges.length > 0 && number < end) continue;
    while (at < sorted.length && sorted[at]!.start + sorted[at]!.pages <= number) at++;
    const range = sorted[at];
    if (range !== undefined && range.start <= number) {
      ranges.push(range);
      end = range.start + range.pages;
      grows = false;
      continue;
    }
    // A mapping between two pages ends a range, whether the mapping is used or not.
    const passed = at > 0 ? sorted[at - 1]!.start + sorted[at - 1]!.pages : 0;
    if (grows && number - end <= MAX_GAP && passed <= end) {
      const { start } = ranges.pop()!;
      ranges.push({ start, pages: number + 1 - start });
    } else {
      ranges.push({ start: number, pages: 1 });
    }
    end = number + 1;
    grows = true;
  }
  return ranges;
}
