import type { ReadaheadWorkload } from "../../../kernel/readahead/workload.ts";

/** What every generator takes; what is left out is drawn from the seed or has the default given. */
export interface ReadaheadGeneratorOptions {
  /** Accesses of all threads together. Default 100,000. */
  accesses?: number;
  /** Pages the regions have together, about. Default: drawn from 1,500 to 6,000, small ones oftener. */
  pages?: number;
}

/** Makes a workload: the same seed and options always give the same one. The seed also draws what kind of one it is. */
export type ReadaheadGenerator = (seed: number, options?: ReadaheadGeneratorOptions) => ReadaheadWorkload;

/** Fewest pages a generator accepts: below this its regions would be empty. */
export const MIN_READAHEAD_PAGES = 1024;
