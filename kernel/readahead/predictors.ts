import { PAGE_TABLE_PAGES, SCAN_PER_PAGE } from "./page_sets.ts";
import type { ReadaheadView } from "./view.ts";
import { MAX_THREADS } from "./workload.ts";

/**
 * Ghosts: rules that are tested on every swap access without reading anything. A ghost is right if it would have named
 * the page that came.
 */
export const GHOSTS = ["ahead", "behind", "stride", "pc-stride", "replay", "pc-replay", "next"] as const;

/** Index of each ghost. */
export const GHOST = Object.fromEntries(GHOSTS.map((name, i) => [name, i])) as Record<(typeof GHOSTS)[number], number>;

/** Most pages that a ghost may name for one access. Source: choice, the most common window. */
const GHOST_PAGES = 16;

/** Most pages that the ghost `next` may name: it counts only replays that are right at once. Source: choice. */
const NEXT_PAGES = 4;

/** Number of threads with their own averages. */
const THREADS = MAX_THREADS;

/** Weights of one access in the moving averages: of a thread, and of one VMA or instruction. Source: choice. */
const THREAD_WEIGHT = 1 / 32;
const LOCAL_WEIGHT = 1 / 8;

/**
 * Follows the log of swap accesses. It finds strides by instruction (the reference prediction table of Chen and Baer).
 * It also measures how often each rule would have named the next page among its next 16, by thread, by VMA and by
 * instruction. That tells what a rule would have earned that no policy followed. This is state of a policy, not of the
 * kernel: each policy that uses it has its own object and calls `follow`.
 */
export class Predictors {
  /** `[threads * GHOSTS]` moving averages by thread: 1 for right, 0 for wrong. */
  readonly byThread = new Float32Array(THREADS * GHOSTS.length);
  /** `[vmas * GHOSTS]` the same by VMA. */
  readonly byVma: Float32Array;
  /** `[programCounters * GHOSTS]` the same by instruction. */
  readonly byPc: Float32Array;
  /**
   * `[MAX_THREADS * programCounters]` last page of each instruction in each thread (-1 for none), its last stride, and
   * the confidence in that stride, 0 to 3.
   */
  readonly #pcPage: Int32Array;
  readonly #pcStride: Int32Array;
  readonly #pcConfidence: Uint8Array;
  readonly #programCounters: number;
  /** `[threads]` position of each thread's last access in the log, -1 for none. */
  readonly #threadAt = new Int32Array(THREADS).fill(-1);
  /** `[threads]` last page and stride of each thread. */
  readonly #threadPage = new Int32Array(THREADS).fill(-1);
  readonly #threadStride = new Int32Array(THREADS);
  readonly #vmaOf: Int32Array;
  #followed = 0;

  constructor({ vmas, pages, programCounters }: Pick<ReadaheadView, "vmas" | "pages" | "programCounters">) {
    this.byVma = new Float32Array(vmas.length * GHOSTS.length);
    this.byPc = new Float32Array(programCounters * GHOSTS.length);
    this.#pcPage = new Int32Array(MAX_THREADS * programCounters).fill(-1);
    this.#pcStride = new Int32Array(MAX_THREADS * programCounters);
    this.#pcConfidence = new Uint8Array(MAX_THREADS * programCounters);
    this.#programCounters = programCounters;
    this.#vmaOf = new Int32Array(pages);
    for (const [i, { start, end }] of vmas.entries()) this.#vmaOf.fill(i, start, end);
  }

  /** Processes the accesses logged since the last call. Returns the position of the first of them. */
  follow({ log }: Pick<ReadaheadView, "log">): number {
    const from = Math.max(this.#followed, log.oldest);
    for (let at = from; at < log.length; at++) {
      const page = log.pageAt(at);
      const pc = log.pcAt(at);
      const thread = log.threadAt(at);
      const vma = this.#vmaOf[page];
      const last = this.#threadPage[thread];
      const delta = last < 0 ? 0 : page - last;
      const stride = this.#threadStride[thread];
      this.#book(GHOST.ahead, thread, vma, pc, delta > 0 && delta <= GHOST_PAGES);
      this.#book(GHOST.behind, thread, vma, pc, delta < 0 && delta >= -GHOST_PAGES);
      this.#book(GHOST.stride, thread, vma, pc, names(stride, delta));
      this.#threadPage[thread] = page;
      if (delta !== 0) this.#threadStride[thread] = delta;

      const own = thread * this.#programCounters + pc;
      const pcDelta = this.#pcPage[own] < 0 ? 0 : page - this.#pcPage[own];
      this.#book(GHOST["pc-stride"], thread, vma, pc, names(this.#pcStride[own], pcDelta));
      if (pcDelta !== 0) {
        const again = pcDelta === this.#pcStride[own];
        const confidence = this.#pcConfidence[own] + (again ? 1 : -1);
        this.#pcConfidence[own] = Math.max(0, Math.min(3, confidence));
        // A confident stride survives one exception.
        if (!again && this.#pcConfidence[own] < 2) this.#pcStride[own] = pcDelta;
      }
      this.#pcPage[own] = page;
      const lastAt = this.#threadAt[thread];
      if (lastAt >= log.oldest && lastAt >= 0) {
        const before = log.previousOfPageAt(lastAt);
        this.#book(GHOST.replay, thread, vma, pc, followed(log, before, at, GHOST_PAGES));
        this.#book(GHOST.next, thread, vma, pc, followed(log, before, at, NEXT_PAGES));
        const beforePc = log.previousOfPcAt(lastAt);
        this.#book(GHOST["pc-replay"], thread, vma, pc, followed(log, beforePc, at, GHOST_PAGES));
      }
      this.#threadAt[thread] = at;
    }
    this.#followed = log.length;
    return from;
  }

  #book(ghost: number, thread: number, vma: number, pc: number, right: boolean): void {
    const value = right ? 1 : 0;
    const atThread = thread * GHOSTS.length + ghost;
    this.byThread[atThread] += THREAD_WEIGHT * (value - this.byThread[atThread]);
    const atVma = vma * GHOSTS.length + ghost;
    this.byVma[atVma] += LOCAL_WEIGHT * (value - this.byVma[atVma]);
    const atPc = pc * GHOSTS.length + ghost;
    this.byPc[atPc] += LOCAL_WEIGHT * (value - this.byPc[atPc]);
  }

  /** Returns the stride of an instruction in a thread; 0 until the same stride came twice in a row. */
  strideOf(thread: number, pc: number): number {
    const own = thread * this.#programCounters + pc;
    return this.#pcConfidence[own] >= 2 ? this.#pcStride[own] : 0;
  }

  /** Copies the state of `other`, which was made for the same program, into this object. */
  copyFrom(other: Predictors): void {
    this.byThread.set(other.byThread);
    this.byVma.set(other.byVma);
    this.byPc.set(other.byPc);
    this.#pcPage.set(other.#pcPage);
    this.#pcStride.set(other.#pcStride);
    this.#pcConfidence.set(other.#pcConfidence);
    this.#threadAt.set(other.#threadAt);
    this.#threadPage.set(other.#threadPage);
    this.#threadStride.set(other.#threadStride);
    this.#followed = other.#followed;
  }
}

/** Whether at most 16 steps of `stride` cover `delta`, in less than a page-table page. */
function names(stride: number, delta: number): boolean {
  if (stride === 0 || delta === 0) return false;
  const steps = delta / stride;
  return Number.isInteger(steps) && steps > 0 && steps <= GHOST_PAGES && Math.abs(delta) < PAGE_TABLE_PAGES;
}

/** Whether the page at log position `at` is among the `pages` accesses of its thread that followed `position`. */
function followed(log: ReadaheadView["log"], position: number, at: number, pages: number): boolean {
  if (position < 0) return false;
  const page = log.pageAt(at);
  const thread = log.threadAt(at);
  const last = Math.min(at - 1, position + pages * SCAN_PER_PAGE);
  let seen = 0;
  for (let earlier = position + 1; earlier <= last && seen < pages; earlier++) {
    if (log.threadAt(earlier) !== thread) continue;
    if (log.pageAt(earlier) === page) return true;
    seen++;
  }
  return false;
}
