import type { Credits } from "../gym/env.ts";
import { copyNumbers } from "./copy_numbers.ts";

/**
 * Decisions of one environment that still await credits: a later step may change their value. It holds the features of
 * each action taken and the sum of its credits so far. Decisions leave in the order in which they entered.
 */
export class PendingCredits {
  readonly #size: number;
  readonly #capacity: number;
  readonly #features: Float32Array;
  readonly #value: Float64Array;
  /** Step numbers in the running episode: of the oldest decision held, and of the next one to enter. */
  #oldest = 0;
  #next = 0;

  /**
   * @param features number of features of one action
   * @param capacity number of later steps whose credits a decision awaits
   */
  constructor(features: number, capacity: number) {
    this.#size = features;
    this.#capacity = capacity + 1;
    this.#features = new Float32Array(this.#capacity * features);
    this.#value = new Float64Array(this.#capacity);
  }

  /** Adds the next decision of the episode; `full` must be false. */
  add(features: Float32Array, offset: number): void {
    const at = this.#next++ % this.#capacity;
    copyNumbers(features, offset, this.#features, at * this.#size, this.#size);
    this.#value[at] = 0;
  }

  /** Adds credits to the decisions held. Credits for other decisions are dropped. */
  credit({ steps, rewards }: Credits): void {
    for (let i = 0; i < steps.length; i++) {
      if (steps[i] >= this.#oldest && steps[i] < this.#next) this.#value[steps[i] % this.#capacity] += rewards[i];
    }
  }

  /** Adds `reward` to the value of the last decision. */
  creditLast(reward: number): void {
    this.#value[(this.#next - 1) % this.#capacity] += reward;
  }

  /** Whether the oldest decision must leave before another can enter. */
  get full(): boolean {
    return this.#next - this.#oldest === this.#capacity;
  }

  /** Removes the oldest decision and passes it to `receive`: features from an offset on, and value. */
  takeOldest(receive: (features: Float32Array, offset: number, value: number) => void): void {
    const at = this.#oldest++ % this.#capacity;
    receive(this.#features, at * this.#size, this.#value[at]);
  }

  /** Removes all decisions at the end of an episode, oldest first, and starts another episode. */
  end(receive: (features: Float32Array, offset: number, value: number) => void): void {
    while (this.#oldest < this.#next) this.takeOldest(receive);
    this.restart();
  }

  /** Drops all decisions; the next decision is the first of an episode. */
  restart(): void {
    this.#oldest = 0;
    this.#next = 0;
  }
}
