import type { Paths } from "./paths.ts";
import type { QueuePairTable } from "./queue_pair_table.ts";
import { MOST_HOPS } from "./topology.ts";

/** Length of a window over which fairness is judged, in base round trips of the longest path. Source: choice. */
export const FAIRNESS_ROUND_TRIPS = 16;

/** A link limits those on it when it was busy for this share of a window or more. Source: choice. */
const FULL = 0.8;

/**
 * How evenly queue pairs shared the links that limited them: Jain's index, (sum)^2 / (n sum of squares), of the bytes
 * acknowledged in a window among those that had something to send all through it and whose path has the link. It is averaged
 * over windows and links by the number of queue pairs. 1 = all the same, 1/n = one had everything.
 * Source: Jain, Chiu and Hawe, "A Quantitative Measure of Fairness and Discrimination", DEC 1984.
 */
export class FairnessLedger {
  /** When the next window ends, ns. */
  due: number;

  readonly #windowNs: number;
  readonly #rate: Float64Array;
  /** `[queue pairs]` bytes acknowledged when the window began. */
  #before = new Float64Array(0);
  /** `[links]` bytes on the wire sent when the window began. */
  readonly #sentBefore: Float64Array;
  /** `[links]` of the queue pairs on it, in the window that is closed: how many, sum of bytes and of squares. */
  readonly #pairs: Int32Array;
  readonly #sum: Float64Array;
  readonly #squares: Float64Array;
  #weights = 0;
  #weighted = 0;

  /**
   * @param windowNs length of a window; the first begins at 0
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
   * The window that is due is over: to be called before anything that happens at `due` or later is taken into account.
   *
   * @param busySince `[queue pairs]` since when it has had something to send or to be acknowledged without a break, ns
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

  /** Whether a queue pair had something to send all through the window. */
  #busy({ active, remaining }: QueuePairTable, i: number, busySince: Float64Array): boolean {
    if (active[i] === 0 || remaining[i] <= 0) return false;
    const began = this.due - this.#windowNs;
    // What began at the same instant as a window may have the index of another queue pair, and its count.
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

  /** Jain's index, 0 to 1; null where no window had a full link with two queue pairs. */
  get index(): number | null {
    return this.#weights > 0 ? this.#weighted / this.#weights : null;
  }

  /** An exact copy. */
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
