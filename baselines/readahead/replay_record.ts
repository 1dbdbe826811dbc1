import type { SwapLog } from "../../kernel/readahead/swap_log.ts";
import { LogCursor } from "./log_cursor.ts";

/**
 * Number of successors of the last access to a page among which the next access must be. Source: choice; hits on mapped
 * pages are not visible.
 */
const SUCCESSORS = 4;

/** Log entries that are examined for them, including those of other threads. Source: choice. */
const SCAN = 16;

/** Weight of one access in the moving average. Source: choice. */
const RATE = 1 / 32;

/**
 * Measures how often the swap accesses of each thread follow one another as they did the last time, replayed or not.
 */
export class ReplayRecord {
  readonly #cursor = new LogCursor();
  /** `[threads]` position of the last access of each. */
  readonly #last: number[] = [];
  readonly #accuracy: number[] = [];

  /** Forgets everything. */
  reset(): void {
    this.#cursor.reset();
    this.#last.length = 0;
    this.#accuracy.length = 0;
  }

  /** Reads the new part of the log, the present access included. */
  learn(log: SwapLog): void {
    for (let at = this.#cursor.take(log); at < log.length; at++) {
      const thread = log.threadAt(at);
      const last = this.#last[thread] ?? -1;
      const right = last >= log.oldest && followed(log, log.previousOfPageAt(last), at);
      this.#accuracy[thread] = this.accuracyOf(thread) + RATE * ((right ? 1 : 0) - this.accuracyOf(thread));
      this.#last[thread] = at;
    }
  }

  /** Moving share of a thread's accesses that were among the successors of the access before, 0 to 1. */
  accuracyOf(thread: number): number {
    return this.#accuracy[thread] ?? 0;
  }
}

/**
 * Whether the page accessed at `at` is among the pages that its thread accessed soon after `position`; -1 means no
 * position.
 */
function followed(log: SwapLog, position: number, at: number): boolean {
  if (position < 0) return false;
  const last = Math.min(at, position + 1 + SCAN);
  let successors = 0;
  for (let i = position + 1; i < last && successors < SUCCESSORS; i++) {
    if (log.threadAt(i) !== log.threadAt(at)) continue;
    if (log.pageAt(i) === log.pageAt(at)) return true;
    successors++;
  }
  return false;
}
