import type { Vma } from "../../kernel/readahead/workload.ts";

/** Index of the VMA that holds `page`. */
export function vmaIndex(vmas: readonly Vma[], page: number): number {
  let low = 0;
  let high = vmas.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (page < vmas[middle].end) high = middle;
    else low = middle + 1;
  }
  return low;
}
