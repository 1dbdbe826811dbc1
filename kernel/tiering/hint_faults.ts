import { hashUniform } from "../random.ts";
import { BASE_PAGE_BYTES } from "./machine.ts";
import type { PageTable } from "./page_table.ts";

/** CPU time of one hint fault, s. Source: choice; a minor fault takes about a microsecond. */
export const HINT_FAULT_SECONDS = 1e-6;

/**
 * A scan gives up after it has skipped this many pages for every page unmapped. Source: kernel/sched/fair.c, virtpages.
 */
const SKIP_FACTOR = 8;

/** Bytes of one MB, as the kernel's knobs count it. */
export const MB = 1024 * 1024;

/**
 * The scanner and the hint faults of NUMA balancing on a tiered machine. The scanner walks the address space and unmaps
 * the base pages that lie in a slow tier. The next access of the program to each of them faults. A huge page is judged
 * by the fault of one of its base pages, drawn when the fault happens and not at the scan; it pays for the faults of
 * all its base pages.
 */
export class HintFaults {
  /** Pages that faulted in the last `run`. */
  readonly faulted: Int32Array;
  /** Time from scan to fault of each entry of `faulted`, s. */
  readonly latency: Float64Array;
  /** Number of valid entries of `faulted` and `latency`. */
  count = 0;
  readonly #pending: Int32Array;
  #pendingCount = 0;
  /** Time at which each page was unmapped, s; -1 where it is mapped. */
  readonly #scannedAt: Float64Array;
  #hand = 0;
  #budget = 0;
  readonly #key: number;

  constructor(pages: number, key: number) {
    this.faulted = new Int32Array(pages);
    this.latency = new Float64Array(pages);
    this.#pending = new Int32Array(pages);
    this.#scannedAt = new Float64Array(pages).fill(-1);
    this.#key = key;
  }

  /**
   * Scans, then lets the program run for `seconds`.
   *
   * @param table where pages are
   * @param now time at the start, s
   * @param throughput accesses per second
   * @param scanRate MB of address space per second
   * @param index number of this call; each call has draws of its own
   * @returns base pages that faulted, each of which costs `HINT_FAULT_SECONDS`
   */
  run(table: PageTable, now: number, seconds: number, throughput: number, scanRate: number, index: number): number {
    const { pageBytes, tiers } = table.machine;
    this.#scan(table, now, (scanRate * MB * seconds) / pageBytes);
    const basePages = pageBytes / BASE_PAGE_BYTES;
    const { access } = table.window;
    this.count = 0;
    let kept = 0;
    for (let i = 0; i < this.#pendingCount; i++) {
      const page = this.#pending[i];
      const tier = table.tierOf[page];
      if (tier === 0 || tiers[tier].kind === "swap") {
        this.#scannedAt[page] = -1;
        continue;
      }
      const mean = (access[page] * throughput * seconds) / basePages;
      const u = mean > 0 ? hashUniform(this.#key, index, page) : 1;
      if (u < 1 - Math.exp(-mean)) {
        const at = now - (Math.log(1 - u) / mean) * seconds;
        this.faulted[this.count] = page;
        this.latency[this.count] = at - this.#scannedAt[page];
        this.count++;
        this.#scannedAt[page] = -1;
      } else {
        this.#pending[kept++] = page;
      }
    }
    this.#pendingCount = kept;
    return this.count * basePages;
  }

  #scan(table: PageTable, now: number, pages: number): void {
    this.#budget += pages;
    let walk = Math.min(table.pages, Math.floor(this.#budget * SKIP_FACTOR));
    while (this.#budget >= 1 && walk-- > 0) {
      const page = this.#hand;
      this.#hand = page + 1 === table.pages ? 0 : page + 1;
      const tier = table.tierOf[page];
      if (tier === 0 || table.machine.tiers[tier].kind === "swap" || this.#scannedAt[page] >= 0) {
        this.#budget -= 1 / SKIP_FACTOR;
        continue;
      }
      this.#scannedAt[page] = now;
      this.#pending[this.#pendingCount++] = page;
      this.#budget--;
    }
    // A scan that falls behind does not catch up later in a burst.
    this.#budget = Math.min(this.#budget, 1);
  }

  /** Copies the state of `other`, which has the same pages and key, into this object. */
  copyFrom(other: HintFaults): void {
    this.#pending.set(other.#pending.subarray(0, other.#pendingCount));
    this.#pendingCount = other.#pendingCount;
    this.#scannedAt.set(other.#scannedAt);
    this.#hand = other.#hand;
    this.#budget = other.#budget;
    this.count = 0;
  }
}
