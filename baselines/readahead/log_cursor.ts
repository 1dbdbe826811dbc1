import type { SwapLog } from "../../kernel/readahead/swap_log.ts";

/** Reads a log once, from decision to decision. It skips entries that the log has forgotten in between. */
export class LogCursor {
  #next = 0;

  /** Starts again, for a new log. */
  reset(): void {
    this.#next = 0;
  }

  /**
   * Position of the first access that was not taken yet. All accesses up to `log.length` count as taken from now on.
   */
  take(log: SwapLog): number {
    const first = Math.max(this.#next, log.oldest);
    this.#next = log.length;
    return first;
  }
}
