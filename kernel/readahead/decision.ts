/** Most pages one decision may read ahead. Source: choice; Linux allows 8 by default and 32 at most at swap-in. */
export const MAX_READAHEAD = 64;

/** Where a decision's pages come from, for the book-keeping of who was right. */
export const SOURCES = [
  "none",
  "vma",
  "cluster",
  "stride",
  "pc-stride",
  "replay",
  "pc-replay",
  "stock",
  "other",
] as const;

/** Name of a source. */
export type Source = (typeof SOURCES)[number];

/**
 * How far from the faulting page a page stood in a decision's list: among the nearest 4, the nearest 16, or beyond. Predictions get worse with
 * depth, so who was right is booked by depth too. Source: choice.
 */
export const DEPTH_ENDS = [4, 16, MAX_READAHEAD] as const;

/** Combinations of source and depth; that of a source and a depth is `source * DEPTH_ENDS.length + depth`. */
export const BOOKS = SOURCES.length * DEPTH_ENDS.length;

/** Share of a book's pages taken to be used before any was judged. Source: choice. */
export const FIRST_ACCURACY = 0.5;

/** How far from the faulting page the page at `index` of a list stands of which `before` are submitted ahead of it. */
export function depthOf(index: number, before: number): number {
  return index < before ? before - 1 - index : index - before;
}

/** The book in which a page is kept that stands `distance` pages from the faulting one in its list, see `depthOf`. */
export function bookOf(source: number, distance: number): number {
  const depth = distance < DEPTH_ENDS[0] ? 0 : distance < DEPTH_ENDS[1] ? 1 : 2;
  return source * DEPTH_ENDS.length + depth;
}

/** What to read ahead. A reused object: the kernel is done with it when `decide` returns. */
export interface ReadaheadDecision {
  /**
   * Pages to read, in the order of submission, the faulting page behind the first `before` of them. Those that are not on the swap device (never
   * touched, present, already read) are skipped, as the kernel skips them; so is the faulting page itself.
   */
  readonly pages: Int32Array;
  /** How many of `pages` count, 0 to `MAX_READAHEAD`. */
  count: number;
  /**
   * How many of them are submitted to the device ahead of the faulting page: Linux submits a window in rising order,
   * the faulting page somewhere in the middle. Ignored at a marker, where nobody waits.
   */
  before: number;
  /** Which of `pages` is marked, -1 for none: its first use is a decision point too, so that reading can run ahead. */
  marker: number;
  /** Index in `SOURCES`. */
  source: number;
  /** Time the decision itself took, us; the faulting thread is charged for it. */
  microseconds: number;
  /** Decision points that are passed over from here on, with nothing read ahead and nothing charged. */
  quiet: number;
}

/** A decision that reads nothing ahead and costs nothing. */
export function createDecision(): ReadaheadDecision {
  return {
    pages: new Int32Array(MAX_READAHEAD),
    count: 0,
    before: 0,
    marker: -1,
    source: 0,
    microseconds: 0,
    quiet: 0,
  };
}

/** Throws a RangeError that names the first thing in which a decision is not one. */
export function assertDecision({ pages, count, before, marker, source, microseconds, quiet }: ReadaheadDecision): void {
  if (!Number.isInteger(count) || count < 0 || count > Math.min(MAX_READAHEAD, pages.length)) {
    throw new RangeError(`a decision reads 0 to ${MAX_READAHEAD} pages ahead, got ${count}`);
  }
  if (!Number.isInteger(before) || before < 0 || before > count) {
    throw new RangeError(`0 to ${count} pages can be submitted before the faulting one, got ${before}`);
  }
  if (!Number.isInteger(marker) || marker < -1 || marker >= Math.max(count, 1)) {
    throw new RangeError(`one of ${count} pages can be marked, or -1 for none, got ${marker}`);
  }
  if (!Number.isInteger(source) || source < 0 || source >= SOURCES.length) {
    throw new RangeError(`a decision's source is an index below ${SOURCES.length}, got ${source}`);
  }
  if (!(microseconds >= 0 && microseconds < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`a decision takes a finite time of at least 0 us, got ${microseconds}`);
  }
  if (!Number.isInteger(quiet) || quiet < 0) {
    throw new RangeError(`a number of decision points is whole and at least 0, got ${quiet}`);
  }
}
