/** Threads' time over which the share is averaged, us. Source: choice; thousands of faults of a synchronous device. */
const AVERAGE_US = 10_000;

/**
 * Recent share of the threads' time that was stalled by swapping: a moving average with exponential forgetting, 0 at
 * first.
 */
export class StallShare {
  share = 0;
  #clocks = 0;
  #stalled = 0;

  /**
   * Updates the average.
   *
   * @param clocks sum of all threads' clocks since the start, us
   * @param stalled stalled part of it, us
   */
  update(clocks: number, stalled: number): void {
    const passed = clocks - this.#clocks;
    if (passed <= 0) return;
    // Rounding can push a difference of long sums slightly out of range.
    const now = Math.min(1, Math.max(0, (stalled - this.#stalled) / passed));
    this.share += (1 - Math.exp(-passed / AVERAGE_US)) * (now - this.share);
    this.#clocks = clocks;
    this.#stalled = stalled;
  }

  /** An exact copy. */
  fork(): StallShare {
    const copy = new StallShare();
    copy.share = this.share;
    copy.#clocks = this.#clocks;
    copy.#stalled = this.#stalled;
    return copy;
  }
}
