import type { ReadaheadWorkload } from "../../../kernel/readahead/workload.ts";
import { lruMisses } from "../../../workloads/recorder/lru_misses.ts";

/**
 * Number of accesses to pages that a memory of `share` times the footprint held before and has evicted (one LRU list;
 * threads take turns by the share of their accesses that is done). These pages would be swapped in.
 */
export function refetches({ threads, footprint, pages }: ReadaheadWorkload, share: number): number {
  const length = threads.reduce((sum, { page }) => sum + page.length, 0);
  const merged = new Uint32Array(length);
  const done = threads.map(() => 0);
  for (let i = 0; i < length; i++) {
    let next = -1;
    let least = 1;
    for (let thread = 0; thread < threads.length; thread++) {
      const progress = done[thread]! / threads[thread]!.page.length;
      if (progress >= least) continue;
      least = progress;
      next = thread;
    }
    merged[i] = threads[next]!.page[done[next]!++]!;
  }
  return lruMisses(merged, pages, Math.max(1, Math.floor(share * footprint))) - footprint;
}
