import { histogramDecision, MOVE_RATE, RECENCY } from "./placement_knobs.ts";
import type { TieringEntry } from "./types.ts";

/**
 * Pages are demoted below the warm threshold. It lies one bin of the log2 histogram below the hot threshold: a factor
 * of two.
 */
const WARM_BIN = 1;

/**
 * MEMTIS (SOSP 2023) samples accesses, keeps a histogram of page heat, and holds as many of the hottest pages in the
 * fast tier as fit. The histogram and its threshold are the kernel's histogram placement. Huge pages are not split.
 */
export const memtis: TieringEntry = {
  name: "memtis",
  role: "published",
  description: "MEMTIS: the hottest pages by sampled histogram in the fast tier, as many as fit",
  source: "MEMTIS, SOSP 2023",
  knobs: [MOVE_RATE, RECENCY],
  create(values) {
    const decision = histogramDecision({ ...values, hysteresis: WARM_BIN }, 1);
    return { name: "memtis", reset() {}, decide: () => decision };
  },
};
