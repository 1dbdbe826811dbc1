import { ShadowMemory } from "./shadow_memory.ts";
import type { ReadaheadWorkload } from "./workload.ts";

/**
 * Which accesses miss a memory of `frames` frames under plain LRU without readahead, first touches left out: how hard each
 * part of a program is, whatever anybody decides. Threads are interleaved in proportion to their lengths.
 */
export class LruMisses {
  /** By thread: misses among its first i accesses, `[accesses + 1]`. */
  readonly #before: readonly Int32Array[];

  constructor({ threads, pages }: ReadaheadWorkload, frames: number) {
    const memory = new ShadowMemory(pages, frames);
    const touched = new Uint8Array(pages);
    this.#before = threads.map(({ page }) => new Int32Array(page.length + 1));
    const next = new Int32Array(threads.length);
    const longest = Math.max(...threads.map(({ page }) => page.length));
    for (let i = 1; i <= longest; i++) {
      for (let thread = 0; thread < threads.length; thread++) {
        const { page } = threads[thread];
        const until = Math.floor((i * page.length) / longest);
        for (let at = next[thread]; at < until; at++) {
          const missed = !memory.access(page[at]) && touched[page[at]] === 1;
          touched[page[at]] = 1;
          this.#before[thread][at + 1] = this.#before[thread][at] + (missed ? 1 : 0);
        }
        next[thread] = until;
      }
    }
  }

  /** Misses among the first `accesses` accesses of `thread`. */
  before(thread: number, accesses: number): number {
    return this.#before[thread][accesses];
  }

  /** Whether access `at` of `thread` misses. */
  missed(thread: number, at: number): boolean {
    return this.#before[thread][at + 1] > this.#before[thread][at];
  }
}
