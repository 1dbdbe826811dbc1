/** Threads' time over which the share is averaged, us. Source: choice, thousands of faults of a synchronous device. */
const AVERAGE_US = 10_000;

/** Share of the threads' time that was stalled by swapping, lately: a moving average that forgets by an exponential, from 0. */
export class StallShare {
  share = 0;
  #clocks = 0;
  #stalled = 0;

  /**
   * Brings the average up to date.
   *
   * @param clocks all the threads' time since the start, us
   * @param stalled what of it was stalled
   */
  update(clocks: number, stalled: number): void {
    const passed = clocks - this.#clocks;
    if (passed <= 0) return;
    // Differences of long sums are rounded.
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
