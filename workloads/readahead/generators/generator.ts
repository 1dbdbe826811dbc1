import type { ReadaheadWorkload } from "../../../kernel/readahead/workload.ts";

/** Options of every generator. Options that are left out are drawn from the seed or have the stated default. */
export interface ReadaheadGeneratorOptions {
  /** Accesses of all threads together. Default 100,000. */
  accesses?: number;
  /** Approximate number of pages of all regions. Default: drawn from 1,500 to 6,000, with small sizes more often. */
  pages?: number;
}

/**
 * Makes a workload. The same seed and options always give the same workload. The seed also draws the variant of the
 * workload.
 */
export type ReadaheadGenerator = (seed: number, options?: ReadaheadGeneratorOptions) => ReadaheadWorkload;

/** Fewest pages that a generator accepts. Its regions would be empty below this. */
export const MIN_READAHEAD_PAGES = 1024;
