import type { PageTable } from "./page_table.ts";

/**
 * Picks who leaves a tier: a clock with a second chance, the usual stand-in for the kernel's two lists. The hand
 * passes over a page that was touched since it last came by, and takes the first that was not.
 */
export class ReclaimClock {
  readonly #seen: Float64Array;
  readonly #hand: Int32Array;

  constructor(pages: number, tiers: number) {
    this.#seen = new Float64Array(pages);
    this.#hand = new Int32Array(tiers);
  }

  /** The next page to leave `tier`, or -1 if the tier is empty. */
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

  /** Takes over the state of `other`, with the same pages and tiers. */
  copyFrom(other: ReclaimClock): void {
    this.#seen.set(other.#seen);
    this.#hand.set(other.#hand);
  }
}
