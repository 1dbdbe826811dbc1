import { hash32, hashFirst, hashNext, hashUniform } from "../random.ts";
import type { Damon } from "./damon.ts";

/** CPU time of one sample, s. Source: choice; a PEBS record is written by the processor and read in a batch. */
export const SAMPLE_SECONDS = 1e-6;

/**
 * Accesses between two samples by default. Source: choice. MEMTIS starts at 199 and HeMem uses 19,997, on programs
 * with fewer misses a second; MEMTIS then lengthens the period until sampling takes 3 % of a core. Here 100,003 gives
 * some 7,700 samples a second at full speed: 0.8 % of a core, two samples a page and second at 4,096 pages.
 */
export const DEFAULT_SAMPLING_PERIOD = 100_003;

/** Below this a page counts as one that was not hot before. Source: choice, half a sample. */
const NO_HEAT = 0.5;

/** Above this mean the normal approximation replaces counting. */
const NORMAL_FROM = 16;

/**
 * A sampling monitor in the manner of PEBS: every access is recorded with probability 1 / period, so a page's samples
 * are a Poisson draw; `heat` is their sum with exponential forgetting.
 */
export class Sampler {
  /** Samples of each page, older ones weighing less. */
  readonly heat: Float32Array;
  /** Sum of `heat`. */
  totalHeat = 0;
  /** Share of the last samples that fell on pages without any heat worth a sample: how new what is hot is. */
  novelty = 0;
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
    this.#seen = new Float64Array(pages);
    this.#period = period;
    this.#key = key;
  }

  /**
   * Cools the heat and adds the samples of what was touched since the last call.
   *
   * @param touched accesses to each page since the start
   * @param retained what old samples keep of their weight, 0 to 1
   * @param index number of this call, so that its draws are its own
   * @returns samples taken, each of which costs `SAMPLE_SECONDS`
   */
  sample(touched: Float64Array, retained: number, index: number): number {
    const { heat } = this;
    const seen = this.#seen;
    const first = hashFirst(this.#key, index);
    const scale = 1 / this.#period;
    let samples = 0;
    let fresh = 0;
    let total = 0;
    for (let page = 0; page < heat.length; page++) {
      const mean = (touched[page] - seen[page]) * scale;
      let cooled = heat[page] * retained;
      if (mean > 0) {
        seen[page] = touched[page];
        const drawn =
          mean < NORMAL_FROM
            ? poissonQuantile(mean, hashNext(first, page) / 4294967296)
            : this.#large(mean, index, page);
        samples += drawn;
        if (cooled < NO_HEAT) fresh += drawn;
        cooled += drawn;
      }
      heat[page] = cooled;
      total += cooled;
    }
    this.totalHeat = total;
    this.novelty = samples > 0 ? fresh / samples : 0;
    return samples;
  }

  /** Lets what was touched since the last call go by unsampled: the monitor was off. */
  skip(touched: Float64Array): void {
    this.#seen.set(touched);
  }

  /** Cools the heat and adds, to every page, the access count of its DAMON region. */
  addRegions(damon: Damon, retained: number): void {
    const { heat } = this;
    let total = 0;
    for (let region = 0; region < damon.count; region++) {
      const end = damon.starts[region + 1];
      for (let page = damon.starts[region]; page < end; page++) {
        heat[page] = heat[page] * retained + damon.accesses[region];
        total += heat[page];
      }
    }
    this.totalHeat = total;
  }

  #large(mean: number, index: number, page: number): number {
    const u = (hash32(this.#key, index, page) + 1) / 4294967297;
    const v = hashUniform(~this.#key, index, page);
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v)));
  }

  /** Takes over the state of `other`, with the same pages, period and key. */
  copyFrom(other: Sampler): void {
    this.heat.set(other.heat);
    this.#seen.set(other.#seen);
    this.totalHeat = other.totalHeat;
    this.novelty = other.novelty;
  }
}

/** Steps to 1 in the table of exponentials, and the table: exp(-i / STEPS). */
const STEPS = 64;
const EXPONENTIALS = Float64Array.from({ length: NORMAL_FROM * STEPS + 1 }, (_, i) => Math.exp(-i / STEPS));

/** 1 / i, because a division takes longer than all the rest of a round. */
const RECIPROCALS = Float64Array.from({ length: 101 }, (_, i) => 1 / i);

/** The Poisson quantile of `u` in [0, 1) for a mean below `NORMAL_FROM`, by adding up probabilities. */
function poissonQuantile(mean: number, u: number): number {
  // exp(-mean) from the table and three terms of the series, good to 3e-9: Math.exp would take half of the time.
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
