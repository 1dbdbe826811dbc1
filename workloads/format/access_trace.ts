/** Header of a recording of page accesses. */
export interface AccessTraceHeader {
  /** Short name, e.g. `sqlite`. */
  name: string;
  /** Program and version, e.g. `SQLite 3.40.1`. */
  program: string;
  /** Command line of the recorded run. */
  command: string;
  /** Recording method, e.g. `tsan hooks` or `valgrind lackey`. */
  method: string;
  /** Bytes of a page, a power of two. */
  pageBytes: number;
  /**
   * Depth of the stack deletion: an access to one of the last `stackDepth` distinct pages of its thread is not
   * recorded, only counted as work.
   */
  stackDepth: number;
  /** Recorded accesses of the run that were left out before the first access of this trace. */
  skipped: number;
  /** Threads with at least one access, 1 to 16. */
  threads: number;
  accesses: number;
  /** Distinct pages accessed. */
  pages: number;
  /** Distinct instructions, at most 65,536. */
  programCounters: number;
  /** Mapped ranges that contain an accessed page. */
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
 * A recorded program: the pages it accessed, in order. Accesses to the last `stackDepth` distinct pages of a thread are
 * left out, with one exception: the first write to a page that was only read since it was recorded is kept.
 *
 * The accesses of all threads are in the order in which they happened. Pages are numbered by rising address; threads
 * and program counters are numbered by first appearance in the recording.
 */
export interface AccessTrace {
  readonly kind: "accesses";
  readonly header: AccessTraceHeader;
  /** `[vmas]` by rising address, without overlap. */
  readonly vmas: readonly MappedRange[];
  /** `[pages]` address of each page divided by `pageBytes`: rising whole numbers below 2^52. */
  readonly pageNumbers: Float64Array;
  /** `[accesses]` thread, below `threads`. */
  readonly thread: Uint8Array;
  /** `[accesses]` page, below `pages`. */
  readonly page: Uint32Array;
  /** `[accesses]` 1 if the access writes, else 0. */
  readonly write: Uint8Array;
  /** `[accesses]` instruction, below `programCounters`. */
  readonly pc: Uint16Array;
  /** `[accesses]` memory accesses of the thread since its previous recorded access, at most 2^32 - 1. */
  readonly work: Uint32Array;
}

/** Most threads of a recording. Further threads are counted as the last one. Source: choice. */
export const MAX_TRACE_THREADS = 16;

/**
 * Most program counters of a recording. Further ones are counted as the last one. Source: they are stored in 16 bits.
 */
export const MAX_PROGRAM_COUNTERS = 65_536;
