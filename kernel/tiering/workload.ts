/** The accesses of one window of work: two arrays of length `pages`. The caller reuses them. */
export interface WindowHistogram {
  /** Share of the window's accesses (last-level cache misses) that go to each page. Sums to 1. */
  readonly access: Float64Array;
  /** Share of the accesses to the page that also write the line back later, 0 to 1. */
  readonly write: Float32Array;
}

/**
 * What a program does to memory, indexed by work done. The speed of the machine never changes what the program does
 * next.
 *
 * One window is one unit of work: the accesses that the program would make in one second if every page were in the fast
 * tier and no other program used the memory.
 */
export interface TieringWorkload {
  readonly name: string;
  /** Pages the program uses. */
  readonly pages: number;
  /** Units of work from start to end. */
  readonly windows: number;
  /**
   * Writes the histogram of window `index` (0 to windows - 1) into `out`. The same index always gives the same values.
   */
  fill(index: number, out: WindowHistogram): void;
}
