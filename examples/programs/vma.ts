// Linux's readahead by VMA, as a program. The same rule as the heuristic `vma`; source: mm/swap_state.c, Linux 6.12.
// At every major fault.

export const knobs = [{ name: "pageCluster", min: 1, max: 5, scale: "linear", start: 3 }];

/** State of a page that is only on the swap device. */
const SWAPPED = 2;
/** Pages of a page-table page: a window does not cross its border. */
const PAGE_TABLE_PAGES = 512;
/** Index of the source "vma": pages that were read and used are counted by source. */
const VMA = 1;
/** Most pages of a decision. */
const MOST_PAGES = 64;

interface View {
  page: number;
  vma: number;
  vmas: { start: number; end: number; address: number }[];
  vmaAddress: ArrayLike<number>;
  vmaHits: ArrayLike<number>;
  state: ArrayLike<number>;
}

export function create(knobs: { pageCluster: number }) {
  const most = 1 << Math.round(knobs.pageCluster);
  /** Last window of each VMA, pages. */
  const windows: number[] = [];

  /** Pages to read at a fault, the faulting page included. */
  function windowOf({ vma, page, vmaHits }: View, last: number) {
    const hits = vmaHits[vma];
    let wanted = Math.abs(page - last) === 1 ? 2 : 1;
    if (hits > 0) for (wanted = 4; wanted < hits + 2 && wanted < most; ) wanted *= 2;
    return Math.max(Math.min(wanted, most), (windows[vma] ?? 0) >> 1);
  }

  return {
    decide(view: View) {
      const { page, vma, vmas, vmaAddress, state } = view;
      // No page is next to the remembered page of a VMA without a fault.
      const last = vmaAddress[vma] < 0 ? -2 : vmaAddress[vma];
      const window = windowOf(view, last);
      windows[vma] = window;
      const pages: number[] = [];
      if (window === 1) return { pages, source: 0 };
      let left = page - ((window - 1) >> 1);
      if (page === last + 1) left = page;
      else if (page === last - 1) left = page - window + 1;
      const { start, end, address } = vmas[vma];
      const block = page - ((address + page - start) % PAGE_TABLE_PAGES);
      const until = Math.min(left + window, end, block + PAGE_TABLE_PAGES);
      let before = 0;
      for (let one = Math.max(left, start, block); one < until && pages.length < MOST_PAGES; one++) {
        if (one === page || state[one] !== SWAPPED) continue;
        if (one < page) before++;
        pages.push(one);
      }
      return { pages, before, source: VMA };
    },
  };
}
