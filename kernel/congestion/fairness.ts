import type { QueuePairTable } from "./queue_pair_table.ts";

/** Length of a window over which fairness is judged, in base round trips of the longest path. Source: choice. */
export const FAIRNESS_ROUND_TRIPS = 16;

/**
 * How evenly queue pairs shared the links to receivers: Jain's index, (sum)^2 / (n sum of squares), of the bytes acknowledged in
 * a window among those that had something to send all through it and share the last link of their path. It is averaged over
 * windows and links by the number of queue pairs. 1 = all the same, 1/n = one had everything.
 * Source: Jain, Chiu and Hawe, "A Quantitative Measure of Fairness and Discrimination", DEC 1984.
 */
export class FairnessLedger {
  /** When the next window ends, ns. */
  due: number;

  readonly #windowNs: number;
  /** `[queue pairs]` bytes acknowledged when the window began. */
  #before = new Float64Array(0);
  /** `[links]` of the queue pairs that end on it, in the window that is closed: how many, sum of bytes and of squares. */
  readonly #pairs: Int32Array;
  readonly #sum: Float64Array;
  readonly #squares: Float64Array;
  #weights = 0;
  #weighted = 0;

  /**
   * @param windowNs length of a window; the first begins at 0
   * @param links of the fabric
   */
  constructor(windowNs: number, links: number) {
    this.due = windowNs;
    this.#windowNs = windowNs;
    this.#pairs = new Int32Array(links);
    this.#sum = new Float64Array(links);
    this.#squares = new Float64Array(links);
  }

  /**
   * The window that is due is over: to be called before anything that happens at `due` or later is taken into account.
   *
   * @param lastLink `[queue pairs]` last link of the path
   * @param busySince `[queue pairs]` since when it has had something to send or to be acknowledged without a break, ns
   */
  close({ count, active, remaining, acked }: QueuePairTable, lastLink: Int32Array, busySince: Float64Array): void {
    const began = this.due - this.#windowNs;
    const before = this.#before.length >= count ? this.#before : this.#grow(acked.length);
    for (let i = 0; i < count; i++) {
      // What began at the same instant as a window may have the index of another queue pair, and its count.
      if (active[i] === 0 || remaining[i] <= 0 || (began > 0 ? busySince[i] >= began : busySince[i] > 0)) continue;
      const bytes = acked[i] - before[i];
      const link = lastLink[i];
      this.#pairs[link]++;
      this.#sum[link] += bytes;
      this.#squares[link] += bytes * bytes;
    }
    for (let link = 0; link < this.#pairs.length; link++) {
      if (this.#pairs[link] > 1 && this.#squares[link] > 0) {
        this.#weights += this.#pairs[link];
        this.#weighted += this.#sum[link] ** 2 / this.#squares[link];
      }
      this.#pairs[link] = 0;
      this.#sum[link] = 0;
      this.#squares[link] = 0;
    }
    for (let i = 0; i < count; i++) before[i] = acked[i];
    this.due += this.#windowNs;
  }

  /** Jain's index, 0 to 1; null where no window had two queue pairs of which one got something. */
  get index(): number | null {
    return this.#weights > 0 ? this.#weighted / this.#weights : null;
  }

  /** An exact copy. */
  fork(): FairnessLedger {
    const copy = new FairnessLedger(this.#windowNs, this.#pairs.length);
    copy.due = this.due;
    copy.#before = this.#before.slice();
    copy.#weights = this.#weights;
    copy.#weighted = this.#weighted;
    return copy;
  }

  #grow(length: number): Float64Array {
    const before = new Float64Array(length);
    before.set(this.#before);
    this.#before = before;
    return before;
  }
}
