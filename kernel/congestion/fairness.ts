import type { Paths } from "./paths.ts";
import type { QueuePairTable } from "./queue_pair_table.ts";
import { MOST_HOPS } from "./topology.ts";

/** Length of a fairness window, in base round trips of the longest path. Source: choice. */
export const FAIRNESS_ROUND_TRIPS = 16;

/** A link limits its queue pairs in a window when it is busy for at least this share of it. Source: choice. */
const FULL = 0.8;

/**
 * Measures how evenly queue pairs share the links that limit them, by Jain's index: (sum)^2 / (n sum of squares) of the
 * bytes acknowledged in a window. A link's index covers the queue pairs whose path has the link and that had something
 * to send throughout the window. The result is averaged over windows and links, weighted by the number of queue pairs.
 * 1 = all equal, 1/n = one queue pair got everything. Source: Jain, Chiu and Hawe, "A Quantitative Measure of Fairness
 * and Discrimination", DEC 1984.
 */
export class FairnessLedger {
  /** End of the current window, ns. */
  due: number;

  readonly #windowNs: number;
  readonly #rate: Float64Array;
  /** `[queue pairs]` bytes acknowledged at the start of the window. */
  #before = new Float64Array(0);
  /** `[links]` bytes on the wire sent at the start of the window. */
  readonly #sentBefore: Float64Array;
  /**
   * `[links]` over the link's queue pairs in the window being closed: their number, the sum of bytes and the sum of
   * squares.
   */
  readonly #pairs: Int32Array;
  readonly #sum: Float64Array;
  readonly #squares: Float64Array;
  #weights = 0;
  #weighted = 0;

  /**
   * @param windowNs length of a window; the first one starts at 0
   * @param rate `[links]` of the fabric, bytes per ns
   */
  constructor(windowNs: number, rate: Float64Array) {
    this.due = windowNs;
    this.#windowNs = windowNs;
    this.#rate = rate;
    this.#sentBefore = new Float64Array(rate.length);
    this.#pairs = new Int32Array(rate.length);
    this.#sum = new Float64Array(rate.length);
    this.#squares = new Float64Array(rate.length);
  }

  /**
   * Closes the window that is due. Call it before anything that happens at `due` or later takes effect.
   *
   * @param busySince `[queue pairs]` time since which it has had bytes to send or to be acknowledged without a break,
   *   ns
   * @param sent `[links]` bytes on the wire
   */
  close(table: QueuePairTable, paths: Paths, busySince: Float64Array, sent: Float64Array): void {
    const { count, acked } = table;
    const before = this.#before.length >= count ? this.#before : this.#grow(acked.length);
    for (let i = 0; i < count; i++) if (this.#busy(table, i, busySince)) this.#add(paths, i, acked[i] - before[i]);
    for (let link = 0; link < this.#pairs.length; link++) {
      const full = sent[link] - this.#sentBefore[link] >= FULL * this.#rate[link] * this.#windowNs;
      if (full && this.#pairs[link] > 1 && this.#squares[link] > 0) {
        this.#weights += this.#pairs[link];
        this.#weighted += this.#sum[link] ** 2 / this.#squares[link];
      }
      this.#pairs[link] = 0;
      this.#sum[link] = 0;
      this.#squares[link] = 0;
      this.#sentBefore[link] = sent[link];
    }
    for (let i = 0; i < count; i++) before[i] = acked[i];
    this.due += this.#windowNs;
  }

  /** Whether a queue pair had something to send throughout the window. */
  #busy({ active, remaining }: QueuePairTable, i: number, busySince: Float64Array): boolean {
    if (active[i] === 0 || remaining[i] <= 0) return false;
    const began = this.due - this.#windowNs;
    // A queue pair that began at the start of the window may reuse an index, and with it the count of its predecessor.
    return began > 0 ? busySince[i] < began : busySince[i] <= 0;
  }

  #add({ links, length }: Paths, queuePair: number, bytes: number): void {
    for (let hop = 0; hop < length[queuePair]; hop++) {
      const link = links[queuePair * MOST_HOPS + hop];
      this.#pairs[link]++;
      this.#sum[link] += bytes;
      this.#squares[link] += bytes * bytes;
    }
  }

  /** Jain's index, 0 to 1; null if no window had a full link with two queue pairs. */
  get index(): number | null {
    return this.#weights > 0 ? this.#weighted / this.#weights : null;
  }

  /** Returns an exact copy. */
  fork(): FairnessLedger {
    const copy = new FairnessLedger(this.#windowNs, this.#rate);
    copy.due = this.due;
    copy.#before = this.#before.slice();
    copy.#sentBefore.set(this.#sentBefore);
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
