import type { SwapLog } from "../../kernel/readahead/swap_log.ts";

/** Goes through a log once, from decision to decision. What was forgotten in between is passed over. */
export class LogCursor {
  #next = 0;

  /** Starts over, for a new log. */
  reset(): void {
    this.#next = 0;
  }

  /** Position of the first access not taken yet; all up to `log.length` count as taken from here on. */
  take(log: SwapLog): number {
    const first = Math.max(this.#next, log.oldest);
    this.#next = log.length;
    return first;
  }
}
