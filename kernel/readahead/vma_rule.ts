import type { ReadaheadDecision } from "./decision.ts";
import { nothing, vmaWindow } from "./page_sets.ts";
import type { ReadaheadView } from "./view.ts";
import { windowRule } from "./window_rule.ts";

/** Largest exponent of a window by VMA. Source: mm/swap_state.c, SWAP_RA_ORDER_CEILING. */
const CEILING = 5;

/** Remembered page of a VMA without a fault so far. It is not a neighbour of any page, page 0 included. */
const NOWHERE = -2;

/**
 * Linux's readahead by VMA: the window rule over the pages of each VMA. The window lies ahead of a fault that follows
 * the VMA's last fault or hit by one page, behind a fault that precedes it by one page, and around any other fault.
 * Source: mm/swap_state.c, Linux 6.12.
 */
export class VmaRule {
  readonly #max: number;
  #windows: Uint8Array | null = null;

  /** @param pageCluster vm.page-cluster; 0 reads nothing ahead */
  constructor(pageCluster: number) {
    this.#max = 1 << Math.min(pageCluster, CEILING);
  }

  /** Forgets all windows. */
  reset(): void {
    this.#windows = null;
  }

  /** Copies the windows of `other`. */
  copyFrom(other: VmaRule): void {
    this.#windows = other.#windows?.slice() ?? null;
  }

  /** Fills in `decision` for a major fault. */
  decide(view: ReadaheadView, decision: ReadaheadDecision): ReadaheadDecision {
    if (this.#max === 1) return nothing(decision);
    this.#windows ??= new Uint8Array(view.vmas.length);
    const { vma, page, vmaAddress, vmaHits } = view;
    const address = vmaAddress[vma] < 0 ? NOWHERE : vmaAddress[vma];
    const window = windowRule(address, page, vmaHits[vma], this.#max, this.#windows[vma]);
    this.#windows[vma] = window;
    return window === 1 ? nothing(decision) : vmaWindow(view, address, window, decision);
  }
}
