import { hash32, hashUniform } from "../random.ts";

/** Seconds between two access checks of a region. Source: DAMON's default sampling interval, 5 ms. */
export const DAMON_SAMPLE_SECONDS = 0.005;

/** Checks in one aggregation, the greatest `accesses` of a region. Source: aggregation 100 ms over sampling 5 ms. */
export const DAMON_CHECKS = 20;

/** Fewest and most regions. Source: DAMON's default attributes. */
export const DAMON_MIN_REGIONS = 10;
export const DAMON_MAX_REGIONS = 1000;

/** Difference of access counts up to which neighbours are merged. Source: a tenth of `DAMON_CHECKS`. */
const MERGE_THRESHOLD = DAMON_CHECKS / 10;

/** CPU time of one access check, s. Source: choice; 1000 regions then take 2 % of one core. */
export const DAMON_CHECK_SECONDS = 1e-7;

/**
 * DAMON, the kernel's region-based access monitor: the address space is tiled by regions; every 5 ms one random page
 * of each region is checked for an access; every 100 ms neighbours that look alike are merged and, if there is room,
 * regions are split at random, so that regions gather where accesses differ.
 *
 * Source: the algorithm of mm/damon/core.c in Linux 6.3, written from its description.
 */
export class Damon {
  readonly #pages: number;
  readonly #key: number;
  /** Start page of each region; region i ends where region i + 1 starts. */
  readonly starts = new Int32Array(DAMON_MAX_REGIONS + 1);
  /** Checks of the last aggregation that found an access, per region, 0 to `DAMON_CHECKS`. */
  readonly accesses = new Float64Array(DAMON_MAX_REGIONS);
  /** Aggregations for which the region's access count has stayed about the same. */
  readonly age = new Float64Array(DAMON_MAX_REGIONS);
  readonly #last = new Float64Array(DAMON_MAX_REGIONS);
  /** Number of regions. */
  count: number;
  #previousCount: number;
  #aggregation = 0;

  /**
   * @param pages pages of the monitored address space
   * @param key randomness key, see `hashKey`
   */
  constructor(pages: number, key: number) {
    this.#pages = pages;
    this.#key = key;
    this.count = Math.min(DAMON_MIN_REGIONS, pages);
    this.#previousCount = this.count;
    for (let i = 0; i <= this.count; i++) this.starts[i] = Math.round((i * pages) / this.count);
  }

  /**
   * Runs one aggregation: `DAMON_CHECKS` checks of every region, then merge and split.
   *
   * @param rate how often each page is accessed, in any unit
   * @param scale accesses per second of a base page for a rate of 1; a check finds an access with probability
   *   `1 - exp(-rate x scale x 5 ms)`
   * @param maxRegions most regions to keep, up to `DAMON_MAX_REGIONS`
   * @returns access checks made, each of which costs `DAMON_CHECK_SECONDS`
   */
  aggregate(rate: Float64Array, scale: number, maxRegions: number = DAMON_MAX_REGIONS): number {
    const checks = this.count * DAMON_CHECKS;
    this.#last.set(this.accesses.subarray(0, this.count));
    for (let i = 0; i < this.count; i++) {
      const start = this.starts[i];
      const size = this.starts[i + 1] - start;
      let found = 0;
      for (let check = 0; check < DAMON_CHECKS; check++) {
        const draw = this.#aggregation * DAMON_CHECKS + check;
        const page = start + (hash32(this.#key, draw, 2 * start) % size);
        const accessed = 1 - Math.exp(-rate[page] * scale * DAMON_SAMPLE_SECONDS);
        if (hashUniform(this.#key, draw, 2 * start + 1) < accessed) found++;
      }
      this.accesses[i] = found;
      this.age[i] = Math.abs(found - this.#last[i]) <= MERGE_THRESHOLD ? this.age[i] + 1 : 0;
    }
    this.merge();
    this.#split(maxRegions);
    this.#aggregation++;
    return checks;
  }

  /** Joins neighbours whose access counts differ little, unless the joined region would leave fewer than the minimum. */
  merge(): void {
    const limit = Math.max(1, Math.floor(this.#pages / DAMON_MIN_REGIONS));
    let kept = 0;
    for (let i = 1; i < this.count; i++) {
      const keptSize = this.starts[i] - this.starts[kept];
      const size = this.starts[i + 1] - this.starts[i];
      if (Math.abs(this.accesses[kept] - this.accesses[i]) <= MERGE_THRESHOLD && keptSize + size <= limit) {
        const total = keptSize + size;
        this.accesses[kept] = (this.accesses[kept] * keptSize + this.accesses[i] * size) / total;
        this.#last[kept] = (this.#last[kept] * keptSize + this.#last[i] * size) / total;
        this.age[kept] = (this.age[kept] * keptSize + this.age[i] * size) / total;
      } else {
        kept++;
        this.starts[kept] = this.starts[i];
        this.accesses[kept] = this.accesses[i];
        this.#last[kept] = this.#last[i];
        this.age[kept] = this.age[i];
      }
    }
    this.count = kept + 1;
    this.starts[this.count] = this.#pages;
  }

  /** Cuts regions at random while they are at most half of the maximum; in three when the last split brought nothing. */
  #split(maxRegions: number): void {
    const before = this.count;
    if (before <= maxRegions / 2) {
      const parts = before === this.#previousCount && before < maxRegions / 3 ? 3 : 2;
      for (let round = 1; round < parts; round++) this.#splitEach(round);
    }
    this.#previousCount = before;
  }

  #splitEach(round: number): void {
    const { starts, accesses, age } = this;
    const last = this.#last;
    const old = this.count;
    let room = DAMON_MAX_REGIONS - old;
    let cuts = 0;
    for (let i = 0; i < old && cuts < room; i++) if (starts[i + 1] - starts[i] >= 2) cuts++;
    room = cuts;
    // Backwards and in place: a region only ever moves to a position at or behind its own. The first `cuts` regions
    // of two pages or more are cut, which going backwards are the last ones met.
    let to = old + cuts;
    this.count = to;
    let divisible = 0;
    for (let i = 0; i < old; i++) if (starts[i + 1] - starts[i] >= 2) divisible++;
    starts[to] = this.#pages;
    for (let i = old - 1; i >= 0; i--) {
      const start = starts[i];
      const size = starts[to] - start;
      if (size >= 2 && divisible-- <= room) {
        const tenths = 1 + (hash32(this.#key ^ round, this.#aggregation, start) % 9);
        to--;
        starts[to] = start + Math.max(1, Math.min(size - 1, Math.round((size * tenths) / 10)));
        accesses[to] = accesses[i];
        age[to] = age[i];
        last[to] = last[i];
      }
      to--;
      starts[to] = start;
      accesses[to] = accesses[i];
      age[to] = age[i];
      last[to] = last[i];
    }
  }

  /** Takes over the state of `other`, which monitors the same address space. */
  copyFrom(other: Damon): void {
    this.starts.set(other.starts);
    this.accesses.set(other.accesses);
    this.age.set(other.age);
    this.#last.set(other.#last);
    this.count = other.count;
    this.#previousCount = other.#previousCount;
    this.#aggregation = other.#aggregation;
  }
}
