/** Time over which the load is averaged, ns. Source: choice, a few times the gaps that a critical group may have between requests. */
const AVERAGE_NS = 100_000_000;

/**
 * Share of the GPU's time that critical requests ask for as they arrive, by their declared lengths: 1 where they alone would fill
 * it. A moving average that forgets by an exponential and begins with nothing.
 */
export class CriticalLoad {
  #share = 0;
  #since = 0;

  /** A critical request of declared length `ns` arrives. Calls come by rising time. */
  arrive(ns: number, now: number): void {
    this.#share = this.at(now) + ns / AVERAGE_NS;
    this.#since = now;
  }

  /** The load at `now`, 0 or more. */
  at(now: number): number {
    return this.#share * Math.exp((this.#since - now) / AVERAGE_NS);
  }

  /** An exact copy. */
  fork(): CriticalLoad {
    const copy = new CriticalLoad();
    copy.#share = this.#share;
    copy.#since = this.#since;
    return copy;
  }
}
