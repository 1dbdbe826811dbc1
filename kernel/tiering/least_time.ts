import { LoadedLatency } from "./loaded_latency.ts";
import { ACCESSES_PER_UNIT, LINE_BYTES, type Machine, THREADS, WRITE_BACK } from "./machine.ts";
import type { WindowHistogram } from "./workload.ts";

/** Buckets of equal width into which pages are sorted by write share. */
const WRITE_BUCKETS = 16;

/** Golden-section steps. Each shrinks the interval by 0.618, all together to 3e-8 of its width. */
const GOLDEN_STEPS = 36;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** Relative margin, because the search stops short of the exact optimum. */
const MARGIN = 1e-5;

/**
 * The least time in which a machine can do one window of work, wherever pages lie: a certified lower bound.
 *
 * With migration, monitoring and deciding free, time depends only on the share of accesses that each tier serves, so
 * each window stands alone. A tier serves no more than the hottest pages that fit in it and the tiers above; the last
 * memory tier is assumed to hold any number of pages. Writes are assumed to fall, in each tier separately, on the pages
 * that write least. For a given throughput, the waiting time of the threads is convex in the shares (latency is convex
 * in traffic, also with the closed loop of the background load). Throughput is therefore quasi-concave in the shares,
 * and golden section finds its maximum. The hottest pages in the fast tier are not the optimum under load, and hence no
 * bound.
 */
export class LeastTime {
  readonly #machine: Machine;
  readonly #memory: Machine["tiers"];
  readonly #loop: LoadedLatency;
  readonly #noMigration: Float64Array;
  readonly #share: Float64Array;
  readonly #bytes: Float64Array;
  /** Greatest share that tiers 0 to i can serve together. */
  readonly #top: Float64Array;
  readonly #bucketShare = new Float64Array(WRITE_BUCKETS);
  /** Least write share of the pages in each bucket; the search uses it for all pages of the bucket. */
  readonly #bucketLeast = new Float64Array(WRITE_BUCKETS);
  readonly #sorted: Float64Array;
  readonly #previous: Float64Array;

  constructor(machine: Machine, pages: number) {
    this.#machine = machine;
    this.#memory = machine.tiers.filter((tier) => tier.kind === "memory");
    this.#loop = new LoadedLatency(machine);
    this.#noMigration = new Float64Array(this.#memory.length);
    this.#share = new Float64Array(this.#memory.length);
    this.#bytes = new Float64Array(this.#memory.length);
    this.#top = new Float64Array(this.#memory.length);
    this.#sorted = new Float64Array(pages);
    this.#previous = new Float64Array(this.#memory.length + 2 * WRITE_BUCKETS).fill(Number.NaN);
  }

  /** Returns the least time that the work of `window` takes beside `background`, s; see `TieringScenario`. */
  seconds(window: WindowHistogram, background: number): number {
    // A program stays in a phase for many windows: an unchanged window is not searched again.
    if (!this.#profile(window) && background === this.#lastBackground) return this.#lastSeconds;
    const throughput = this.#most(0, 0, background);
    this.#lastBackground = background;
    this.#lastSeconds = ACCESSES_PER_UNIT / (throughput * 1e9) / (1 + MARGIN);
    return this.#lastSeconds;
  }

  /** Share of the fast tier in the optimum that the last call of `seconds` found. */
  get fastShare(): number {
    return this.#bestFastShare;
  }

  #bestFastShare = 0;
  #lastBackground = Number.NaN;
  #lastSeconds = 0;

  /** Reads the figures that the bound needs from `window`. Returns whether any of them differs from the last window. */
  #profile(window: WindowHistogram): boolean {
    const previous = this.#previous;
    previous.set(this.#top);
    previous.set(this.#bucketShare, this.#top.length);
    previous.set(this.#bucketLeast, this.#top.length + WRITE_BUCKETS);
    const sorted = this.#sorted;
    sorted.set(window.access);
    let above = 0;
    let from = 0;
    for (let tier = 0; tier < this.#memory.length - 1; tier++) {
      const to = Math.min(sorted.length, from + this.#machine.tiers[tier].capacity);
      if (to < sorted.length) selectLargest(sorted, from, to);
      for (let i = from; i < to; i++) above += sorted[i];
      this.#top[tier] = Math.min(1, above);
      from = to;
    }
    this.#top[this.#memory.length - 1] = 1;
    const buckets = this.#bucketShare;
    const least = this.#bucketLeast;
    buckets.fill(0);
    least.fill(1);
    const { access, write } = window;
    for (let page = 0; page < access.length; page++) {
      if (access[page] <= 0) continue;
      const bucket = Math.min(WRITE_BUCKETS - 1, (write[page] * WRITE_BUCKETS) | 0);
      buckets[bucket] += access[page];
      if (write[page] < least[bucket]) least[bucket] = write[page];
    }
    const tiers = this.#top.length;
    return (
      differs(previous, 0, this.#top) ||
      differs(previous, tiers, buckets) ||
      differs(previous, tiers + WRITE_BUCKETS, least)
    );
  }

  /** Returns the least writes that come with serving `share` of the accesses: pages that write least come first. */
  #leastWrites(share: number): number {
    let left = share;
    let writes = 0;
    for (let i = 0; i < WRITE_BUCKETS && left > 0; i++) {
      const part = Math.min(left, this.#bucketShare[i]);
      writes += part * this.#bucketLeast[i];
      left -= part;
    }
    return writes;
  }

  /**
   * Returns the greatest throughput over the shares of tiers `tier` and below, when the tiers above serve `above` of
   * the accesses.
   */
  #most(tier: number, above: number, background: number): number {
    if (tier === this.#memory.length - 1) {
      this.#setShare(tier, Math.max(0, 1 - above));
      return this.#loop.solve(this.#share, this.#bytes, background, this.#noMigration, THREADS);
    }
    const at = (share: number): number => {
      this.#setShare(tier, share);
      return this.#most(tier + 1, above + share, background);
    };
    let low = 0;
    let high = Math.max(0, Math.min(1, this.#top[tier]) - above);
    const most = high;
    let left = high - GOLDEN * (high - low);
    let right = low + GOLDEN * (high - low);
    let atLeft = at(left);
    let atRight = at(right);
    for (let step = 0; step < GOLDEN_STEPS; step++) {
      if (atLeft < atRight) {
        low = left;
        left = right;
        atLeft = atRight;
        right = low + GOLDEN * (high - low);
        atRight = at(right);
      } else {
        high = right;
        right = left;
        atRight = atLeft;
        left = high - GOLDEN * (high - low);
        atLeft = at(left);
      }
    }
    // Also try both ends, because golden section only comes near them.
    let best = Math.max(atLeft, atRight);
    let bestShare = atLeft > atRight ? left : right;
    for (const end of [0, most]) {
      const value = at(end);
      if (value > best) {
        best = value;
        bestShare = end;
      }
    }
    if (tier === 0) this.#bestFastShare = bestShare;
    return best;
  }

  #setShare(tier: number, share: number): void {
    this.#share[tier] = share;
    const writes = share > 1e-12 ? this.#leastWrites(share) / share : 0;
    this.#bytes[tier] = LINE_BYTES * (1 + WRITE_BACK * this.#machine.tiers[tier].writeCost * writes);
  }
}

function differs(previous: Float64Array, offset: number, current: Float64Array): boolean {
  for (let i = 0; i < current.length; i++) if (previous[offset + i] !== current[i]) return true;
  return false;
}

/** Reorders `values` from index `from` on, so that the values before `to` are the largest (selection by Hoare). */
function selectLargest(values: Float64Array, from: number, to: number): void {
  let low = from;
  let high = values.length - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1];
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i] > pivot) i++;
      while (values[j] < pivot) j--;
      if (i <= j) {
        const swapped = values[i];
        values[i] = values[j];
        values[j] = swapped;
        i++;
        j--;
      }
    }
    if (to - 1 <= j) high = j;
    else if (to - 1 >= i) low = i;
    else return;
  }
}
