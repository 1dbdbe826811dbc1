import { MAX_READAHEAD, type ReadaheadDecision, SOURCES } from "./decision.ts";
import type { SwapLog } from "./swap_log.ts";
import { type ReadaheadView, SWAPPED } from "./view.ts";

const VMA = SOURCES.indexOf("vma");
const CLUSTER = SOURCES.indexOf("cluster");

/**
 * Pages of one page-table page. A VMA window never crosses its border. Source: mm/swap_state.c, 2 MiB of 4 KiB pages.
 */
export const PAGE_TABLE_PAGES = 512;

/** Most log entries that are read in search of one page of a set. Source: choice; bounds the time of a decision. */
export const SCAN_PER_PAGE = 8;

/** Fills in all fields of a decision except its pages. */
function filled(
  decision: ReadaheadDecision,
  count: number,
  before: number,
  marker: number,
  source: number,
): ReadaheadDecision {
  decision.count = count;
  decision.before = before;
  decision.marker = marker;
  decision.source = source;
  decision.quiet = 0;
  return decision;
}

/** Fills in a decision that reads nothing ahead. */
export function nothing(decision: ReadaheadDecision): ReadaheadDecision {
  return filled(decision, 0, 0, -1, 0);
}

/**
 * Fills in the swapped-out pages of `[left, right)`. They are submitted in rising order with the faulting page at its
 * place, as Linux submits a window. `left` and `right` are clipped to the VMA and to the block of 512 pages that
 * contains the faulting page.
 */
export function swappedRange(
  view: ReadaheadView,
  left: number,
  right: number,
  decision: ReadaheadDecision,
): ReadaheadDecision {
  const { page, state } = view;
  const { start, end, address } = view.vmas[view.vma];
  const block = page - ((address + page - start) % PAGE_TABLE_PAGES);
  const first = Math.max(left, start, block);
  const last = Math.min(right, end, block + PAGE_TABLE_PAGES);
  let count = 0;
  let before = 0;
  for (let candidate = first; candidate < last && count < MAX_READAHEAD; candidate++) {
    if (candidate === page || state[candidate] !== SWAPPED) continue;
    if (candidate < page) before++;
    decision.pages[count++] = candidate;
  }
  return filled(decision, count, before, -1, VMA);
}

/**
 * Fills in Linux's VMA window of `window` pages, the faulting page included. The window lies ahead when the fault
 * follows `address` (the VMA's last fault or hit) by one page, behind when it precedes it by one page, and around
 * otherwise. Source: mm/swap_state.c, described in the kernel's documentation of vma-based readahead.
 */
export function vmaWindow(
  view: ReadaheadView,
  address: number,
  window: number,
  decision: ReadaheadDecision,
): ReadaheadDecision {
  const { page } = view;
  let left = page - ((window - 1) >> 1);
  if (page === address + 1) left = page;
  else if (page === address - 1) left = page - window + 1;
  return swappedRange(view, left, left + window, decision);
}

/**
 * Fills in the pages whose slots lie in the aligned block of `size` slots (a power of two) around the faulting page's
 * slot, in rising order of slots. These pages were swapped out together.
 */
export function clusterBlock(view: ReadaheadView, size: number, decision: ReadaheadDecision): ReadaheadDecision {
  const { page, slotOf, ownerOf, state } = view;
  const slot = slotOf[page];
  let count = 0;
  let before = 0;
  const first = slot - (slot % size);
  // At a marker the page may have lost its slot already.
  const last = slot === 0 ? 0 : Math.min(first + size, ownerOf.length);
  for (let candidate = Math.max(1, first); candidate < last; candidate++) {
    const owner = ownerOf[candidate];
    if (owner < 0 || owner === page || state[owner] !== SWAPPED) continue;
    if (count === MAX_READAHEAD) break;
    if (candidate < slot) before++;
    decision.pages[count++] = owner;
  }
  return filled(decision, count, before, -1, CLUSTER);
}

/**
 * Fills in the swapped-out pages among page + k stride, k = `skip` + 1 to `skip` + `steps`, inside the VMA. The
 * faulting page is submitted first. A set may cross the border of a block of 512 pages.
 *
 * @param source index in `SOURCES` under which the pages are counted
 */
export function stridePages(
  view: ReadaheadView,
  stride: number,
  steps: number,
  source: number,
  decision: ReadaheadDecision,
  skip = 0,
): ReadaheadDecision {
  const { page, state } = view;
  const { start, end } = view.vmas[view.vma];
  let count = 0;
  if (stride !== 0) {
    for (let k = skip + 1; k <= skip + steps && count < MAX_READAHEAD; k++) {
      const candidate = page + k * stride;
      if (candidate < start || candidate >= end) break;
      if (state[candidate] === SWAPPED) decision.pages[count++] = candidate;
    }
  }
  return filled(decision, count, 0, count > 0 ? 0 : -1, source);
}

/**
 * Fills in up to `wanted` swapped-out pages that the same thread accessed after `position` of the log, in that order.
 * The faulting page is submitted first. Position -1 gives no pages.
 *
 * @param source index in `SOURCES` under which the pages are counted
 */
export function replayPages(
  view: ReadaheadView,
  position: number,
  wanted: number,
  source: number,
  decision: ReadaheadDecision,
): ReadaheadDecision {
  const { log, page, state, thread } = view;
  let count = 0;
  if (position >= 0) {
    const limit = Math.min(wanted, MAX_READAHEAD);
    const last = Math.min(log.length - 1, position + 1 + limit * SCAN_PER_PAGE);
    for (let at = position + 1; at < last && count < limit; at++) {
      const candidate = log.pageAt(at);
      if (candidate === page || state[candidate] !== SWAPPED || log.threadAt(at) !== thread) continue;
      if (!includes(decision.pages, count, candidate)) decision.pages[count++] = candidate;
    }
  }
  return filled(decision, count, 0, count > 0 ? 0 : -1, source);
}

function includes(pages: Int32Array, count: number, page: number): boolean {
  for (let i = 0; i < count; i++) if (pages[i] === page) return true;
  return false;
}

/**
 * Returns the difference between neighbouring pages that more than half of the newest `window` accesses of `thread` in
 * the log share, or 0 if there is none (the majority vote of Boyer and Moore). Reads no more than 8 log entries for
 * each difference.
 */
export function majorityStride(log: SwapLog, thread: number, window: number): number {
  let candidate = 0;
  let votes = 0;
  let seen = 0;
  let agree = 0;
  for (let pass = 0; pass < 2; pass++) {
    let newer = -1;
    seen = 0;
    const oldest = Math.max(log.oldest, log.length - 1 - window * SCAN_PER_PAGE);
    for (let at = log.length - 1; at >= oldest && seen < window; at--) {
      if (log.threadAt(at) !== thread) continue;
      const page = log.pageAt(at);
      if (newer >= 0) {
        const delta = newer - page;
        seen++;
        if (pass === 1) {
          if (delta === candidate) agree++;
        } else if (votes === 0) {
          candidate = delta;
          votes = 1;
        } else {
          votes += delta === candidate ? 1 : -1;
        }
      }
      newer = page;
    }
    if (votes === 0) return 0;
  }
  return agree > seen >> 1 && seen > 1 ? candidate : 0;
}
