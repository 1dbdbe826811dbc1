import { hash32, hashUniform } from "../random.ts";

/** Seconds between two access checks of a region. Source: DAMON's default sampling interval, 5 ms. */
const DAMON_SAMPLE_SECONDS = 0.005;

/** Checks in one aggregation, the greatest `accesses` of a region. Source: aggregation 100 ms over sampling 5 ms. */
export const DAMON_CHECKS = 20;

/** Fewest and most regions. Source: DAMON's default attributes. */
export const DAMON_MIN_REGIONS = 10;
export const DAMON_MAX_REGIONS = 1000;

/**
 * Neighbours are merged if their access counts differ by at most the greatest count of the aggregation divided by this.
 */
const MERGE_DIVISOR = 10;

/** CPU time of one access check, s. Source: choice; 1000 regions then take 2 % of one core. */
export const DAMON_CHECK_SECONDS = 1e-7;

/**
 * DAMON, the kernel's region-based access monitor. Regions tile the address space. Every 5 ms it checks one random page
 * of each region for an access. Every 100 ms it merges neighbours that look alike and, if there is room, splits regions
 * at random, so that regions gather where accesses differ.
 *
 * Source: the algorithm of mm/damon/core.c in Linux 6.3, written from its description.
 */
export class Damon {
  readonly #pages: number;
  readonly #key: number;
  /** Start page of each region. Region i ends where region i + 1 starts. */
  readonly starts = new Int32Array(DAMON_MAX_REGIONS + 1);
  /** Checks of the last aggregation that found an access, for each region, 0 to `DAMON_CHECKS`. */
  readonly accesses = new Float64Array(DAMON_MAX_REGIONS);
  /** Aggregations since the region's access count last changed by more than the merge threshold. */
  readonly age = new Float64Array(DAMON_MAX_REGIONS);
  readonly #last = new Float64Array(DAMON_MAX_REGIONS);
  /** Number of regions. */
  count: number;
  #previousCount: number;
  #aggregation = 0;
  #threshold = 0;
  /** Buffer in which `#split` builds the new regions. */
  readonly #scratch = new Float64Array(4 * DAMON_MAX_REGIONS);

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
   * @param scale accesses per second of a base page for a rate of 1; a check finds an access with probability `1 -
   *   exp(-rate x scale x 5 ms)`
   * @returns access checks made, each of which costs `DAMON_CHECK_SECONDS`
   */
  aggregate(rate: Float64Array, scale: number): number {
    const checks = this.count * DAMON_CHECKS;
    this.#last.set(this.accesses.subarray(0, this.count));
    let most = 0;
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
      most = Math.max(most, found);
    }
    this.#threshold = Math.floor(most / MERGE_DIVISOR);
    for (let i = 0; i < this.count; i++) {
      const steady = Math.abs(this.accesses[i] - this.#last[i]) <= this.#threshold;
      this.age[i] = steady ? this.age[i] + 1 : 0;
    }
    this.merge();
    this.#split();
    this.#aggregation++;
    return checks;
  }

  /**
   * Joins neighbours whose access counts differ little, unless the joined region would leave fewer regions than the
   * minimum.
   */
  merge(): void {
    const limit = Math.max(1, Math.floor(this.#pages / DAMON_MIN_REGIONS));
    let kept = 0;
    for (let i = 1; i < this.count; i++) {
      const keptSize = this.starts[i] - this.starts[kept];
      const size = this.starts[i + 1] - this.starts[i];
      if (Math.abs(this.accesses[kept] - this.accesses[i]) <= this.#threshold && keptSize + size <= limit) {
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

  /**
   * Cuts regions at random while they number at most half of the maximum. Cuts in three when the last split brought
   * nothing.
   */
  #split(): void {
    const before = this.count;
    if (before <= DAMON_MAX_REGIONS / 2) {
      const parts = before === this.#previousCount && before < DAMON_MAX_REGIONS / 3 ? 3 : 2;
      const built = this.#scratch;
      let count = 0;
      for (let i = 0; i < before; i++) {
        const start = this.starts[i];
        const end = this.starts[i + 1];
        // The first part is cut again, so that a region becomes at most `parts` regions. Cuts are found from right to
        // left.
        let cut = end;
        const cuts: number[] = [];
        for (let part = 1; part < parts && cut - start >= 2; part++) {
          const tenths = 1 + (hash32(this.#key ^ part, this.#aggregation, start) % 9);
          cut = start + Math.max(1, Math.min(cut - start - 1, Math.round(((cut - start) * tenths) / 10)));
          cuts.push(cut);
        }
        for (const from of [start, ...cuts.reverse()]) {
          built[4 * count] = from;
          built[4 * count + 1] = this.accesses[i];
          built[4 * count + 2] = this.age[i];
          built[4 * count + 3] = this.#last[i];
          count++;
        }
      }
      for (let i = 0; i < count; i++) {
        this.starts[i] = built[4 * i];
        this.accesses[i] = built[4 * i + 1];
        this.age[i] = built[4 * i + 2];
        this.#last[i] = built[4 * i + 3];
      }
      this.starts[count] = this.#pages;
      this.count = count;
    }
    this.#previousCount = before;
  }

  /** Copies the state of `other`, which monitors the same address space, into this object. */
  copyFrom(other: Damon): void {
    this.starts.set(other.starts);
    this.accesses.set(other.accesses);
    this.age.set(other.age);
    this.#last.set(other.#last);
    this.count = other.count;
    this.#previousCount = other.#previousCount;
    this.#aggregation = other.#aggregation;
    this.#threshold = other.#threshold;
  }
}
