/** Time constant of the average, ns. Source: choice, a few times the usual gap between requests of a critical group. */
const AVERAGE_NS = 100_000_000;

/**
 * Share of the GPU's time that arriving critical requests ask for, by their declared lengths. At 1 they alone would
 * fill the GPU. It is an exponential moving average that starts at 0.
 */
export class CriticalLoad {
  #share = 0;
  #since = 0;

  /** Records that a critical request of declared length `ns` arrives. Calls must come in the order of `now`. */
  arrive(ns: number, now: number): void {
    this.#share = this.at(now) + ns / AVERAGE_NS;
    this.#since = now;
  }

  /** The load at `now`, 0 or more. */
  at(now: number): number {
    return this.#share * Math.exp((this.#since - now) / AVERAGE_NS);
  }

  /** Returns an exact copy. */
  fork(): CriticalLoad {
    const copy = new CriticalLoad();
    copy.#share = this.#share;
    copy.#since = this.#since;
    return copy;
  }
}
