import type { Credits } from "../gym/env.ts";
import { copyNumbers } from "./copy_numbers.ts";

/**
 * Decisions of one environment whose worth is not yet known in full: the features of the action taken, and what has been
 * said of it so far. They come out in the order in which they went in.
 */
export class PendingCredits {
  readonly #features: number;
  readonly #capacity: number;
  readonly #row: Float32Array;
  readonly #worth: Float64Array;
  /** Steps of the running episode: that of the oldest decision in here, and that of the next. */
  #oldest = 0;
  #next = 0;

  /**
   * @param features numbers of one action
   * @param capacity decisions that are kept until they count as settled
   */
  constructor(features: number, capacity: number) {
    this.#features = features;
    this.#capacity = capacity + 1;
    this.#row = new Float32Array(this.#capacity * features);
    this.#worth = new Float64Array(this.#capacity);
  }

  /** Takes in the next decision of the episode; `full` must be false. */
  add(features: Float32Array, offset: number): void {
    const at = this.#next++ % this.#capacity;
    copyNumbers(features, offset, this.#row, at * this.#features, this.#features);
    this.#worth[at] = 0;
  }

  /** Books what is said of decisions; what is said of those that have come out is dropped. */
  credit({ steps, rewards }: Credits): void {
    for (let i = 0; i < steps.length; i++) {
      if (steps[i] >= this.#oldest && steps[i] < this.#next) this.#worth[steps[i] % this.#capacity] += rewards[i];
    }
  }

  /** Books `worth` for the last decision. */
  creditLast(worth: number): void {
    this.#worth[(this.#next - 1) % this.#capacity] += worth;
  }

  /** Whether the oldest decision must come out before another can go in. */
  get full(): boolean {
    return this.#next - this.#oldest === this.#capacity;
  }

  /** Takes the oldest decision out: gives it to `receive`, features at an offset, and worth. */
  takeOldest(receive: (rows: Float32Array, offset: number, worth: number) => void): void {
    const at = this.#oldest++ % this.#capacity;
    receive(this.#row, at * this.#features, this.#worth[at]);
  }

  /** Takes everything out at the end of an episode, and begins another. */
  end(receive: (rows: Float32Array, offset: number, worth: number) => void): void {
    while (this.#oldest < this.#next) this.takeOldest(receive);
    this.restart();
  }

  /** Forgets everything; the next decision is the first of an episode. */
  restart(): void {
    this.#oldest = 0;
    this.#next = 0;
  }
}
