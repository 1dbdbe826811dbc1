/** What a recording of page accesses says about itself. */
export interface AccessTraceHeader {
  /** Short name, e.g. `sqlite`. */
  name: string;
  /** Program and version, e.g. `SQLite 3.40.1`. */
  program: string;
  /** Command line of the recorded run. */
  command: string;
  /** How it was recorded, e.g. `tsan hooks` or `valgrind lackey`. */
  method: string;
  /** Bytes of a page, a power of two. */
  pageBytes: number;
  /** An access to one of this many pages that its thread used last is not recorded, but counted as work. */
  stackDepth: number;
  /** Recorded accesses of the run that were left out before the first one here. */
  skipped: number;
  /** Threads that access something, 1 to 16. */
  threads: number;
  accesses: number;
  /** Distinct pages accessed. */
  pages: number;
  /** Distinct instructions, at most 65,536. */
  programCounters: number;
  /** Mapped ranges that hold an accessed page. */
  vmas: number;
}

/** A mapped range of the recorded program. */
export interface MappedRange {
  /** Number of the first page: its address divided by `pageBytes`. */
  readonly start: number;
  /** Pages in the range, accessed or not. */
  readonly pages: number;
}

/**
 * A recorded program: which pages it accessed, in order. An access to a page among the `stackDepth` that its thread used
 * last is left out, but for the first write to a page that was only read since it was recorded.
 *
 * Accesses of all threads stand in the order in which they happened. Pages are numbered by rising address, threads and
 * program counters by first appearance in the recording.
 */
export interface AccessTrace {
  readonly kind: "accesses";
  readonly header: AccessTraceHeader;
  /** `[vmas]` by rising address, apart from each other. */
  readonly vmas: readonly MappedRange[];
  /** `[pages]` the address of each page divided by `pageBytes`, rising, whole numbers below 2^52. */
  readonly pageNumbers: Float64Array;
  /** `[accesses]` thread, below `threads`. */
  readonly thread: Uint8Array;
  /** `[accesses]` page, below `pages`. */
  readonly page: Uint32Array;
  /** `[accesses]` 1 where the page is written, else 0. */
  readonly write: Uint8Array;
  /** `[accesses]` instruction, below `programCounters`. */
  readonly pc: Uint16Array;
  /** `[accesses]` memory accesses that the thread made since its previous recorded access; 2^32 - 1 stands for more too. */
  readonly work: Uint32Array;
}

/** Most threads of a recording; those that come later count as the last of them. Source: choice. */
export const MAX_TRACE_THREADS = 16;

/** Most program counters of a recording; those that come later count as the last of them. Source: they are stored in 16 bits. */
export const MAX_PROGRAM_COUNTERS = 65_536;
