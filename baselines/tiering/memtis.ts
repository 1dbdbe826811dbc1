import { histogramDecision, PLACEMENT_KNOBS } from "./placement_knobs.ts";
import type { TieringEntry } from "./types.ts";

/**
 * MEMTIS (SOSP 2023): sampled accesses, a histogram of page heat, and as many of the hottest pages in the fast tier as
 * fit. The histogram and its threshold are the kernel's histogram placement; huge pages are not split.
 */
export const memtis: TieringEntry = {
  name: "memtis",
  role: "published",
  description: "MEMTIS: the hottest pages by sampled histogram in the fast tier, as many as fit",
  knobs: PLACEMENT_KNOBS,
  create(values) {
    const decision = histogramDecision(values, 1);
    return { name: "memtis", reset() {}, decide: () => decision };
  },
};
