/**
 * Detects that the mean of a stream has fallen below 0: a one-sided cumulative sum (Page 1954) of values in units of
 * their standard deviation. It is an alarm and not a test. `docs/ladder.md` has measurements of how late it rings and
 * how often by mistake.
 */
export class Cusum {
  readonly #slack: number;
  readonly #threshold: number;
  #sum = 0;

  /**
   * @param slack how far below 0 a mean may be without growth of the sum, standard deviations
   * @param threshold of the sum, at which it rings
   */
  constructor(slack: number, threshold: number) {
    this.#slack = slack;
    this.#threshold = threshold;
  }

  /** Adds a value. Returns whether it rings. */
  add(value: number): boolean {
    this.#sum = Math.max(0, this.#sum - value - this.#slack);
    return this.#sum > this.#threshold;
  }

  /** Sets the sum back to 0. */
  clear(): void {
    this.#sum = 0;
  }
}
