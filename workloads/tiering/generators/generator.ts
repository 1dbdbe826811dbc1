import type { TieringWorkload } from "../../../kernel/tiering/workload.ts";

/** Options of every generator. Options of a single generator that are left out are drawn from the seed. */
export interface TieringGeneratorOptions {
  /** Units of work. Default 120. */
  windows?: number;
}

/** Makes a workload. The same pages, seed and options always give the same workload. */
export type TieringGenerator = (pages: number, seed: number, options?: TieringGeneratorOptions) => TieringWorkload;

/** Fewest pages that a generator accepts. Its regions would be empty below this. */
const MIN_PAGES = 256;

/** Returns the number of windows. Throws a RangeError if there are too few pages or windows. */
export function checkedWindows(name: string, pages: number, options: TieringGeneratorOptions): number {
  const { windows = 120 } = options;
  if (!Number.isInteger(pages) || pages < MIN_PAGES) {
    throw new RangeError(`pages of ${name} must be a whole number of at least ${MIN_PAGES}, got ${pages}`);
  }
  if (!Number.isInteger(windows) || windows < 1) {
    throw new RangeError(`windows of ${name} must be a whole number of at least 1, got ${windows}`);
  }
  return windows;
}
