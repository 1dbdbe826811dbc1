import type { PageTable } from "./page_table.ts";

/**
 * Picks the pages that leave a tier: a clock with a second chance, the usual model of the kernel's two lists. The hand
 * skips a page that was touched since the hand last passed it, and takes the first page that was not.
 */
export class ReclaimClock {
  readonly #seen: Float64Array;
  readonly #hand: Int32Array;

  constructor(pages: number, tiers: number) {
    this.#seen = new Float64Array(pages);
    this.#hand = new Int32Array(tiers);
  }

  /** Returns the next page to leave `tier`, or -1 if the tier is empty. */
  victim(table: PageTable, tier: number): number {
    if (table.used[tier] === 0) return -1;
    const { tierOf, touched, pages } = table;
    let hand = this.#hand[tier];
    // Two rounds suffice: the first clears every page's mark.
    for (let steps = 0; steps < 2 * pages; steps++) {
      const page = hand;
      hand = hand + 1 === pages ? 0 : hand + 1;
      if (tierOf[page] !== tier) continue;
      const untouched = touched[page] - this.#seen[page] < 1;
      this.#seen[page] = touched[page];
      if (untouched) {
        this.#hand[tier] = hand;
        return page;
      }
    }
    return -1;
  }

  /** Copies the state of `other`, which has the same pages and tiers, into this object. */
  copyFrom(other: ReclaimClock): void {
    this.#seen.set(other.#seen);
    this.#hand.set(other.#hand);
  }
}
