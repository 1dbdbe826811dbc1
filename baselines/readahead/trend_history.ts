/** Differences kept. Source: Leap (ATC 2020), Hsize. */
const HISTORY = 32;

/** The last 32 differences between neighbouring accesses and their majority trend. Source: Leap (ATC 2020), FindTrend. */
export class TrendHistory {
  readonly #deltas = new Int32Array(HISTORY);
  readonly #first: number;
  #length = 0;
  #last = -1;

  /** @param split the search begins with the newest `HISTORY / split` differences; 1 to `HISTORY` */
  constructor(split: number) {
    this.#first = Math.floor(HISTORY / split);
  }

  /** Difference between the last two accesses, 0 before the second. */
  get newest(): number {
    return this.#length === 0 ? 0 : this.#deltas[(this.#length - 1) % HISTORY];
  }

  /** Appends an access at a place: page number or slot, at least 0. */
  push(place: number): void {
    if (this.#last >= 0) this.#deltas[this.#length++ % HISTORY] = place - this.#last;
    this.#last = place;
  }

  /**
   * The difference that more than half of the newest ones share, looked for among few first, then among twice as many
   * until all are looked at; 0 if there is none. While there are fewer, all there are count.
   */
  trend(): number {
    const kept = Math.min(this.#length, HISTORY);
    for (let window = this.#first; window <= HISTORY; window *= 2) {
      const delta = this.#majority(Math.min(window, kept));
      if (delta !== 0 || window >= kept) return delta;
    }
    return 0;
  }

  /** Boyer and Moore's vote over the newest `count`, then a count of the winner. */
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
