/** Number of differences that are kept. Source: Leap (ATC 2020), Hsize. */
const HISTORY = 32;

/**
 * The last 32 differences between consecutive accesses and their majority trend. Source: Leap (ATC 2020), FindTrend.
 */
export class TrendHistory {
  readonly #deltas = new Int32Array(HISTORY);
  readonly #first: number;
  #length = 0;
  #last = -1;

  /** @param split the search begins with the newest `HISTORY / split` differences; 1 to `HISTORY` */
  constructor(split: number) {
    this.#first = Math.floor(HISTORY / split);
  }

  /** Difference between the last two accesses. 0 before the second access. */
  get newest(): number {
    return this.#length === 0 ? 0 : this.#deltas[(this.#length - 1) % HISTORY];
  }

  /** Appends an access to a place: a page number or a slot, at least 0. */
  push(place: number): void {
    if (this.#last >= 0) this.#deltas[this.#length++ % HISTORY] = place - this.#last;
    this.#last = place;
  }

  /**
   * The difference that more than half of the newest differences share, or 0. The search begins with few of the newest
   * differences and doubles their number until it looks at all of them. Early in a run it looks at those that exist.
   */
  trend(): number {
    const kept = Math.min(this.#length, HISTORY);
    for (let window = this.#first; window <= HISTORY; window *= 2) {
      const delta = this.#majority(Math.min(window, kept));
      if (delta !== 0 || window >= kept) return delta;
    }
    return 0;
  }

  /** Boyer and Moore's vote over the newest `count` differences, then a count of the winner. */
  #majority(count: number): number {
    let candidate = 0;
    let votes = 0;
    for (let i = 1; i <= count; i++) {
      const delta = this.#deltas[(this.#length - i) % HISTORY];
      if (votes === 0) candidate = delta;
      votes += delta === candidate ? 1 : -1;
    }
    let agree = 0;
    for (let i = 1; i <= count; i++) if (this.#deltas[(this.#length - i) % HISTORY] === candidate) agree++;
    return agree > count >> 1 ? candidate : 0;
  }
}
