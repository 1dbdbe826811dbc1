import { hash32, hashFirst, hashNext, hashUniform } from "../random.ts";
import type { Damon } from "./damon.ts";

/** CPU time of one sample, s. Source: choice; a PEBS record is written by the processor and read in a batch. */
export const SAMPLE_SECONDS = 1e-6;

/**
 * Accesses between two samples by default. Source: choice. MEMTIS starts at 199 and HeMem uses 19,997, on programs with
 * fewer misses per second; MEMTIS then lengthens the period until sampling takes 3 % of a core. Here 100,003 gives some
 * 7,700 samples a second at full speed: 0.8 % of a core, two samples per page and second at 4,096 pages.
 */
export const DEFAULT_SAMPLING_PERIOD = 100_003;

/** 1 for the fast tier, 0 for the others. */
const IS_FAST = Float64Array.of(1, 0, 0, 0);

/** A page with less heat than this was not hot before. Source: choice, half a sample. */
const NO_HEAT = 0.5;

/** From this mean on, the normal approximation replaces counting. */
const NORMAL_FROM = 16;

/**
 * Half-lives of the two memories of the samples of a page, s. The short memory follows a program from phase to phase;
 * the long memory averages out the noise of few samples. Source: choice; ARMS ranks pages by a short and a long average
 * too.
 */
const SHORT_HALF_LIFE = 0.5;
const LONG_HALF_LIFE = 16;

/** Share of their content that the memories keep from one second to the next. */
const SHORT_KEPT = 2 ** (-1 / SHORT_HALF_LIFE);
const LONG_KEPT = 2 ** (-1 / LONG_HALF_LIFE);

/**
 * A sampling monitor in the manner of PEBS. Every access is recorded with probability 1 / period, so the samples of a
 * page are a Poisson draw. Samples go into a short and a long memory with exponential forgetting. `heat` is a mix of
 * both, so a policy can change at once what counts as hot, without waiting for a memory to fill.
 */
export class Sampler {
  /** Samples per second of each page, by the last mix that `mix` computed. */
  readonly heat: Float32Array;
  /** Sum of `heat`. */
  totalHeat = 0;
  /** Share of the last samples that fell on pages with no heat before: how new the hot pages are. */
  novelty = 0;
  readonly #short: Float32Array;
  readonly #long: Float32Array;
  readonly #seen: Float64Array;
  readonly #key: number;
  readonly #period: number;

  /**
   * @param pages pages to monitor
   * @param period accesses between two samples
   * @param key randomness key, see `hashKey`
   */
  constructor(pages: number, period: number, key: number) {
    this.heat = new Float32Array(pages);
    this.#short = new Float32Array(pages);
    this.#long = new Float32Array(pages);
    this.#seen = new Float64Array(pages);
    this.#period = period;
    this.#key = key;
  }

  /**
   * Lets a second pass: forgets, and adds the samples of the accesses since the last call.
   *
   * @param touched accesses to each page since the start
   * @param index number of this call; each call has draws of its own
   * @returns samples taken, each of which costs `SAMPLE_SECONDS`
   */
  sample(touched: Float64Array, index: number): number {
    const short = this.#short;
    const long = this.#long;
    const seen = this.#seen;
    const first = hashFirst(this.#key, index);
    const scale = 1 / this.#period;
    let samples = 0;
    let fresh = 0;
    for (let page = 0; page < short.length; page++) {
      const mean = (touched[page] - seen[page]) * scale;
      const kept = long[page] * LONG_KEPT;
      let drawn = 0;
      if (mean > 0) {
        seen[page] = touched[page];
        drawn =
          mean < NORMAL_FROM
            ? poissonQuantile(mean, hashNext(first, page) / 4294967296)
            : this.#large(mean, index, page);
        samples += drawn;
        if (kept < NO_HEAT) fresh += drawn;
      }
      short[page] = short[page] * SHORT_KEPT + drawn;
      long[page] = kept + drawn;
    }
    this.novelty = samples > 0 ? fresh / samples : 0;
    return samples;
  }

  /** Skips the accesses since the last call: the monitor was off. */
  skip(touched: Float64Array): void {
    this.#seen.set(touched);
  }

  /** Lets a second pass in which every page was accessed as often as its DAMON region. */
  addRegions(damon: Damon): void {
    for (let region = 0; region < damon.count; region++) {
      const end = damon.starts[region + 1];
      for (let page = damon.starts[region]; page < end; page++) {
        this.#short[page] = this.#short[page] * SHORT_KEPT + damon.accesses[region];
        this.#long[page] = this.#long[page] * LONG_KEPT + damon.accesses[region];
      }
    }
    this.novelty = 0;
  }

  /**
   * Sets `heat` to the share `recency` of the short memory plus the rest of the long memory, both as samples per
   * second.
   */
  mix(recency: number): void {
    const { heat } = this;
    const short = this.#short;
    const long = this.#long;
    const shortWeight = recency * (1 - SHORT_KEPT);
    const longWeight = (1 - recency) * (1 - LONG_KEPT);
    let total = 0;
    for (let page = 0; page < heat.length; page++) {
      const mixed = shortWeight * short[page] + longWeight * long[page];
      heat[page] = mixed;
      total += mixed;
    }
    this.totalHeat = total;
  }

  /** Writes the share of the short and of the long memory that lies on pages of the fast tier into `out`. */
  fastShares(tierOf: Uint8Array, out: Float64Array): void {
    let shortFast = 0;
    let shortTotal = 0;
    let longFast = 0;
    let longTotal = 0;
    for (let page = 0; page < tierOf.length; page++) {
      // A table replaces a branch, because the tier of the next page cannot be predicted.
      const fast = IS_FAST[tierOf[page]];
      shortFast += fast * this.#short[page];
      shortTotal += this.#short[page];
      longFast += fast * this.#long[page];
      longTotal += this.#long[page];
    }
    out[0] = shortTotal > 0 ? shortFast / shortTotal : 0;
    out[1] = longTotal > 0 ? longFast / longTotal : 0;
  }

  #large(mean: number, index: number, page: number): number {
    const u = (hash32(this.#key, index, page) + 1) / 4294967297;
    const v = hashUniform(~this.#key, index, page);
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v)));
  }

  /** Copies the state of `other`, which has the same pages, period and key, into this object. */
  copyFrom(other: Sampler): void {
    this.heat.set(other.heat);
    this.#short.set(other.#short);
    this.#long.set(other.#long);
    this.#seen.set(other.#seen);
    this.totalHeat = other.totalHeat;
    this.novelty = other.novelty;
  }
}

/** Table of exponentials: exp(-i / STEPS), with this many steps for each unit. */
const STEPS = 64;
const EXPONENTIALS = Float64Array.from({ length: NORMAL_FROM * STEPS + 1 }, (_, i) => Math.exp(-i / STEPS));

/** Table of 1 / i: a division takes longer than all the rest of a round. */
const RECIPROCALS = Float64Array.from({ length: 101 }, (_, i) => 1 / i);

/** Returns the Poisson quantile of `u` in [0, 1) for a mean below `NORMAL_FROM`, by adding up probabilities. */
function poissonQuantile(mean: number, u: number): number {
  // exp(-mean) from the table and three terms of the series, accurate to 3e-9. Math.exp would take half of the time.
  const step = (mean * STEPS) | 0;
  const rest = mean - step / STEPS;
  let probability = EXPONENTIALS[step] * (1 - rest * (1 - rest * (0.5 - rest / 6)));
  let left = u - probability;
  let count = 0;
  while (left >= 0 && count < 100) {
    count++;
    probability *= mean * RECIPROCALS[count];
    left -= probability;
  }
  return count;
}
