import type { TieringWorkload } from "../../../kernel/tiering/workload.ts";

/** What every generator takes. A generator's own options, when left out, are drawn from the seed. */
export interface GeneratorOptions {
  /** Units of work. Default 120. */
  windows?: number;
}

/** Makes a workload: the same pages, seed and options always give the same workload. */
export type Generator = (pages: number, seed: number, options?: GeneratorOptions) => TieringWorkload;

/** Fewest pages a generator accepts: below this its regions would be empty. */
const MIN_PAGES = 256;

/** The number of windows. Throws a RangeError on too few pages or windows. */
export function checkedWindows(name: string, pages: number, options: GeneratorOptions): number {
  const { windows = 120 } = options;
  if (!Number.isInteger(pages) || pages < MIN_PAGES) {
    throw new RangeError(`pages of ${name} must be a whole number of at least ${MIN_PAGES}, got ${pages}`);
  }
  if (!Number.isInteger(windows) || windows < 1) {
    throw new RangeError(`windows of ${name} must be a whole number of at least 1, got ${windows}`);
  }
  return windows;
}
