import type { SwapLog } from "../../kernel/readahead/swap_log.ts";
import type { ReadaheadView } from "../../kernel/readahead/view.ts";
import { LogCursor } from "./log_cursor.ts";

/** Successors of a page's last access among which its next one must be. Source: choice; hits on mapped pages are unseen. */
const SUCCESSORS = 4;

/** Log entries looked at for them, other threads' included. */
const SCAN = 16;

/** Weight of one access in the average. Source: choice. */
const RATE = 1 / 32;

/** How often each thread's swap accesses follow one another as they did the last time, prefetched or not. */
export class ReplayRecord {
  readonly #cursor = new LogCursor();
  /** `[pages]` position of the last access taken, -1 for none. */
  #seen: Int32Array | null = null;
  /** By thread: position of the access before the last one to the page that the thread accessed last, -1 for none. */
  readonly #before: number[] = [];
  readonly #accuracy: number[] = [];

  /** Forgets everything. */
  reset(): void {
    this.#cursor.reset();
    this.#seen = null;
    this.#before.length = 0;
    this.#accuracy.length = 0;
  }

  /** Takes in what the log has that is new, the present access included. */
  learn({ log, pages }: ReadaheadView): void {
    this.#seen ??= new Int32Array(pages).fill(-1);
    for (let at = this.#cursor.take(log); at < log.length; at++) {
      const page = log.pageAt(at);
      const thread = log.threadAt(at);
      const right = followed(log, this.#before[thread] ?? -1, page, thread, at) ? 1 : 0;
      const accuracy = this.#accuracy[thread] ?? 0;
      this.#accuracy[thread] = accuracy + RATE * (right - accuracy);
      this.#before[thread] = this.#seen[page];
      this.#seen[page] = at;
    }
  }

  /** Moving share of a thread's accesses that were among the successors of the one before, 0 to 1. */
  accuracyOf(thread: number): number {
    return this.#accuracy[thread] ?? 0;
  }
}

/** Whether `page` is among the first accesses of `thread` behind `position` of the log and before `end`. */
function followed(log: SwapLog, position: number, page: number, thread: number, end: number): boolean {
  if (position < log.oldest) return false;
  const last = Math.min(end, position + 1 + SCAN);
  let successors = 0;
  for (let at = position + 1; at < last && successors < SUCCESSORS; at++) {
    if (log.threadAt(at) !== thread) continue;
    if (log.pageAt(at) === page) return true;
    successors++;
  }
  return false;
}
