/**
 * Number of accesses that miss a memory of `frames` pages with LRU replacement. The memory is empty at first.
 *
 * @param page pages accessed, each below `pages`
 * @param frames at least 1
 */
export function lruMisses(page: Uint32Array, pages: number, frames: number): number {
  // A ring of the resident pages, most recently used first, with head `pages`. A page that is not resident has no
  // neighbours.
  const head = pages;
  const newer = new Int32Array(pages + 1).fill(-1);
  const older = new Int32Array(pages + 1).fill(-1);
  newer[head] = head;
  older[head] = head;
  let resident = 0;
  let misses = 0;
  const unlink = (which: number): void => {
    older[newer[which]!] = older[which]!;
    newer[older[which]!] = newer[which]!;
    newer[which] = -1;
  };
  for (const now of page) {
    if (newer[now] !== -1) {
      unlink(now);
    } else {
      misses++;
      if (resident === frames) unlink(newer[head]!);
      else resident++;
    }
    const second = older[head]!;
    older[head] = now;
    newer[now] = head;
    older[now] = second;
    newer[second] = now;
  }
  return misses;
}
