import type { ReadaheadView } from "../../kernel/readahead/view.ts";
import { MAX_THREADS } from "../../kernel/readahead/workload.ts";
import { LogCursor } from "./log_cursor.ts";

/** Features of an interval that the classifier sees. */
export const KML_FEATURES = [
  "swap accesses, log2(1 + n)",
  "variance of their pages / range of their pages, log2(1 + x)",
  "pages between neighbours of one thread, log2(1 + mean)",
  "mean sign of the differences between them",
  "share of the reclaimed pages that were written",
] as const;

/** Fewest swap accesses in a sample. Source: choice. */
const FEWEST = 16;

/**
 * Sums over the swap accesses of an interval, for the five features of a workload classifier. KML uses the number of
 * accesses, two variances by the range, the mean distance and the readahead in force. Here direction and writing
 * replace the second variance and the readahead, because at swap-in they tell the four classes apart. The sums are
 * running sums (Welford), as in KML: no list of accesses is kept.
 */
export class KmlWindow {
  /** `[5]` features of the interval that `take` completed last. */
  readonly features = new Float64Array(KML_FEATURES.length);
  readonly #intervalUs: number;
  readonly #cursor = new LogCursor();
  readonly #lastOfThread = new Int32Array(MAX_THREADS);
  #start = 0;
  #reclaimed = 0;
  #swapOuts = 0;
  #count = 0;
  #mean = 0;
  #m2 = 0;
  #least = 0;
  #most = 0;
  #differences = 0;
  #distance = 0;
  #direction = 0;

  /** @param intervalUs length of an interval, simulated us */
  constructor(intervalUs: number) {
    this.#intervalUs = intervalUs;
    this.reset();
  }

  /** Starts again, for a new run. */
  reset(): void {
    this.#cursor.reset();
    this.#lastOfThread.fill(-1);
    this.#start = 0;
    this.#reclaimed = 0;
    this.#swapOuts = 0;
    this.#clear();
  }

  /** Reads what happened until now. Returns whether an interval is complete. Then `features` has its values. */
  take({ log, time, counters }: ReadaheadView): boolean {
    for (let at = this.#cursor.take(log); at < log.length; at++) this.#add(log.pageAt(at), log.threadAt(at));
    if (time - this.#start < this.#intervalUs || this.#count < FEWEST) return false;
    const { features } = this;
    const range = this.#most - this.#least;
    const reclaimed = counters.reclaimed - this.#reclaimed;
    const differences = Math.max(1, this.#differences);
    features[0] = Math.log2(1 + this.#count);
    features[1] = range > 0 ? Math.log2(1 + this.#m2 / this.#count / range) : 0;
    features[2] = Math.log2(1 + this.#distance / differences);
    features[3] = this.#direction / differences;
    features[4] = reclaimed > 0 ? (counters.swap_outs - this.#swapOuts) / reclaimed : 0;
    this.#start = time;
    this.#reclaimed = counters.reclaimed;
    this.#swapOuts = counters.swap_outs;
    this.#clear();
    return true;
  }

  #add(page: number, thread: number): void {
    this.#count++;
    const off = page - this.#mean;
    this.#mean += off / this.#count;
    this.#m2 += off * (page - this.#mean);
    this.#least = Math.min(this.#least, page);
    this.#most = Math.max(this.#most, page);
    const last = this.#lastOfThread[thread];
    this.#lastOfThread[thread] = page;
    if (last < 0) return;
    this.#differences++;
    this.#distance += Math.abs(page - last);
    this.#direction += Math.sign(page - last);
  }

  #clear(): void {
    this.#count = 0;
    this.#mean = 0;
    this.#m2 = 0;
    this.#least = Number.POSITIVE_INFINITY;
    this.#most = Number.NEGATIVE_INFINITY;
    this.#differences = 0;
    this.#distance = 0;
    this.#direction = 0;
  }
}
