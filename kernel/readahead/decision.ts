/** Most pages one decision may read ahead. Source: choice; Linux allows 8 by default and 32 at most at swap-in. */
export const MAX_READAHEAD = 64;

/** Rules that name pages to read. Statistics about used and unused pages are kept for each source. */
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
 * Depth classes of a page: how far it stands from the faulting page in a decision's list. The classes are the nearest 4
 * pages, the nearest 16, and all beyond. Predictions get worse with depth, so statistics are kept for each depth too.
 * Source: choice.
 */
export const DEPTH_ENDS = [4, 16, MAX_READAHEAD] as const;

/**
 * Number of books. A book keeps the statistics of one source at one depth; its index is `source * DEPTH_ENDS.length +
 * depth`.
 */
export const BOOKS = SOURCES.length * DEPTH_ENDS.length;

/** Share of a book's pages that is assumed to be used before any page was judged. Source: choice. */
export const FIRST_ACCURACY = 0.5;

/**
 * Returns how far the page at `index` of a list stands from the faulting page, when `before` pages of the list are
 * submitted before it.
 */
export function depthOf(index: number, before: number): number {
  return index < before ? before - 1 - index : index - before;
}

/** Returns the book of a page that stands `distance` pages from the faulting page in its list, see `depthOf`. */
export function bookOf(source: number, distance: number): number {
  const depth = distance < DEPTH_ENDS[0] ? 0 : distance < DEPTH_ENDS[1] ? 1 : 2;
  return source * DEPTH_ENDS.length + depth;
}

/** What to read ahead. The caller may reuse the object: the kernel needs it only until `decide` returns. */
export interface ReadaheadDecision {
  /**
   * Pages to read, in the order of submission. The faulting page comes after the first `before` of them. The kernel
   * skips the faulting page itself and pages that are not on the swap device (never touched, in memory, or already
   * being read).
   */
  readonly pages: Int32Array;
  /** How many entries of `pages` are valid, 0 to `MAX_READAHEAD`. */
  count: number;
  /**
   * How many pages are submitted to the device before the faulting page. Linux submits a window in rising order, with
   * the faulting page somewhere in the middle. Ignored at a marker, where no thread waits.
   */
  before: number;
  /**
   * Index in `pages` of the page that is marked, -1 for none. The first use of a marked page is a decision point too,
   * so that reading can run ahead of the program.
   */
  marker: number;
  /** Index in `SOURCES`. */
  source: number;
  /** Time that the decision itself takes, us. The faulting thread is charged for it. */
  microseconds: number;
  /** Number of decision points to skip from here on. At each of them nothing is read ahead and nothing is charged. */
  quiet: number;
}

/** Creates a decision that reads nothing ahead and costs nothing. */
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

/** Throws a RangeError that names the first invalid field of a decision. */
export function assertDecision({ pages, count, before, marker, source, microseconds, quiet }: ReadaheadDecision): void {
  if (!Number.isInteger(count) || count < 0 || count > Math.min(MAX_READAHEAD, pages.length)) {
    throw new RangeError(`count must be 0 to ${MAX_READAHEAD} pages, got ${count}`);
  }
  if (!Number.isInteger(before) || before < 0 || before > count) {
    throw new RangeError(`before must be 0 to ${count} pages, got ${before}`);
  }
  if (!Number.isInteger(marker) || marker < -1 || marker >= Math.max(count, 1)) {
    throw new RangeError(`marker must be -1 for none or an index below ${count}, got ${marker}`);
  }
  if (!Number.isInteger(source) || source < 0 || source >= SOURCES.length) {
    throw new RangeError(`source must be an index from 0 to ${SOURCES.length - 1}, got ${source}`);
  }
  if (!(microseconds >= 0 && microseconds < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`microseconds must be a finite time of at least 0 us, got ${microseconds}`);
  }
  if (!Number.isInteger(quiet) || quiet < 0) {
    throw new RangeError(`quiet must be a whole number of decision points, at least 0, got ${quiet}`);
  }
}
