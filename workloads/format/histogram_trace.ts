/** The cache a recording went through: only what misses it counts as an access to memory. */
export interface CacheFilter {
  /** Bytes of a cache line, a power of two. */
  lineBytes: number;
  /** Sets, a power of two. */
  sets: number;
  /** Lines in a set; the least recently used one leaves. */
  ways: number;
}

/** What a trace says about itself. */
export interface TraceHeader {
  /** Short name, e.g. `sqlite`. */
  name: string;
  /** Program and version, e.g. `SQLite 3.40.1`. */
  program: string;
  /** Command line of the recorded run. */
  command: string;
  /** How it was recorded, e.g. `tsan hooks` or `valgrind lackey`. */
  method: string;
  /** Bytes of a recorded page, a power of two. */
  pageBytes: number;
  filter: CacheFilter;
  /** Fills of each window; only the last window may have fewer. */
  windowAccesses: number;
  windows: number;
  /** Distinct pages. */
  pages: number;
  /** Fills of all windows. */
  accesses: number;
}

/**
 * A recorded program: which pages its memory accesses (misses of the cache filter) went to, window by window.
 *
 * Pages are numbered by first touch: page 0 is the first page that missed the cache, page 1 the second, and so on.
 * Windows are sparse: entry `e` of window `w` stands at indices `windowStart[w] <= e < windowStart[w + 1]` of `page`,
 * `fills` and `writeBacks`, with pages rising within a window.
 */
export interface HistogramTrace {
  readonly kind: "histogram";
  readonly header: TraceHeader;
  /** `[pages]` the address of each page divided by `pageBytes`, whole numbers below 2^52. */
  readonly pageNumbers: Float64Array;
  /** `[windows + 1]` first entry of each window, and the number of entries. */
  readonly windowStart: Uint32Array;
  /** `[entries]` page of an entry. */
  readonly page: Uint32Array;
  /** `[entries]` cache lines fetched from the page. */
  readonly fills: Uint32Array;
  /** `[entries]` dirty cache lines written back to the page. */
  readonly writeBacks: Uint32Array;
}
