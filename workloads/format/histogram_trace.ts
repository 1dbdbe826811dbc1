/** The cache model that filtered a recording. Only its misses count as accesses to memory. */
export interface CacheFilter {
  /** Bytes of a cache line, a power of two. */
  lineBytes: number;
  /** Sets, a power of two. */
  sets: number;
  /** Lines in a set. A miss evicts the least recently used line. */
  ways: number;
}

/** Header of a histogram. */
export interface TraceHeader {
  /** Short name, e.g. `sqlite`. */
  name: string;
  /** Program and version, e.g. `SQLite 3.40.1`. */
  program: string;
  /** Command line of the recorded run. */
  command: string;
  /** Recording method, e.g. `tsan hooks` or `valgrind lackey`. */
  method: string;
  /** Bytes of a recorded page, a power of two. */
  pageBytes: number;
  filter: CacheFilter;
  /** Fills in each window. Only the last window may have fewer. */
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
 * Windows are sparse: the entries of window `w` are the indices `e` with `windowStart[w] <= e < windowStart[w + 1]` of
 * `page`, `fills` and `writeBacks`. Pages rise within a window.
 */
export interface HistogramTrace {
  readonly kind: "histogram";
  readonly header: TraceHeader;
  /** `[pages]` address of each page divided by `pageBytes`: whole numbers below 2^52. */
  readonly pageNumbers: Float64Array;
  /** `[windows + 1]` first entry of each window; the last element is the number of entries. */
  readonly windowStart: Uint32Array;
  /** `[entries]` page of an entry. */
  readonly page: Uint32Array;
  /** `[entries]` cache lines fetched from the page. */
  readonly fills: Uint32Array;
  /** `[entries]` dirty cache lines written back to the page. */
  readonly writeBacks: Uint32Array;
}
