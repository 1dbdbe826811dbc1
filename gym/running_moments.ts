import { describe } from "./describe.ts";

/**
 * Weight of the starting values, mean 0 and variance 1, as in Gymnasium: it avoids 0 / 0 and has no visible effect
 * after the first sample.
 */
const INITIAL_COUNT = 1e-4;
/** Keeps the scale finite for a number that never varies. Source: Gymnasium. */
const EPSILON = 1e-8;

/** `RunningMoments` as plain data. */
export interface RunningMomentsJSON {
  count: number;
  mean: number[];
  variance: number[];
}

/**
 * Running mean and variance of each number of a vector, over all vectors so far (Chan's parallel form of Welford's
 * algorithm, in 64 bits). Wrappers and agents use it to normalise observations and rewards.
 */
export class RunningMoments {
  /** Numbers of a vector. */
  readonly size: number;
  readonly mean: Float64Array;
  /** Population variance. */
  readonly variance: Float64Array;
  #count = INITIAL_COUNT;
  #frozen = false;

  /** @throws RangeError unless `size` is a positive whole number */
  constructor(size: number) {
    if (!Number.isSafeInteger(size) || size < 1) {
      throw new RangeError(`RunningMoments: size must be a positive whole number, got ${size}`);
    }
    this.size = size;
    this.mean = new Float64Array(size);
    this.variance = new Float64Array(size).fill(1);
  }

  /** Number of vectors so far, plus the small weight of the starting values. */
  get count(): number {
    return this.#count;
  }

  /** Whether `update` has no effect. */
  get frozen(): boolean {
    return this.#frozen;
  }

  /** Stops all later updates: an evaluation must not change the statistics. */
  freeze(): void {
    this.#frozen = true;
  }

  /** Adds `rows` vectors to the statistics. They stand one after another in `values`, from `offset` on. */
  update(values: ArrayLike<number>, rows: number, offset = 0): void {
    if (this.#frozen || rows === 0) {
      return;
    }
    const { size, mean, variance } = this;
    const end = offset + rows * size;
    const total = this.#count + rows;
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let at = offset + i; at < end; at += size) {
        sum += values[at];
      }
      const batchMean = sum / rows;
      let squares = 0;
      for (let at = offset + i; at < end; at += size) {
        squares += (values[at] - batchMean) ** 2;
      }
      const delta = batchMean - mean[i];
      mean[i] += (delta * rows) / total;
      variance[i] = (variance[i] * this.#count + squares + (delta * delta * this.#count * rows) / total) / total;
    }
    this.#count = total;
  }

  /** 1 / standard deviation of number `index`. */
  scale(index: number): number {
    return 1 / Math.sqrt(this.variance[index] + EPSILON);
  }

  /**
   * Normalises `rows` vectors: shifts them to mean 0, scales them to variance 1 and clips them to `clip` standard
   * deviations. `from` and `to` may be the same array.
   */
  normaliseInto(
    from: ArrayLike<number>,
    fromOffset: number,
    rows: number,
    to: Float32Array,
    toOffset: number,
    clip = Number.POSITIVE_INFINITY,
  ): void {
    const { size, mean } = this;
    for (let i = 0; i < size; i++) {
      const centre = mean[i];
      const scale = this.scale(i);
      for (let at = i; at < rows * size; at += size) {
        const value = (from[fromOffset + at] - centre) * scale;
        to[toOffset + at] = Math.min(Math.max(value, -clip), clip);
      }
    }
  }

  /** An independent copy. */
  fork(): RunningMoments {
    const copy = RunningMoments.fromJSON(this.toJSON());
    copy.#frozen = this.#frozen;
    return copy;
  }

  /** The exact statistics. They do not include whether the moments are frozen. */
  toJSON(): RunningMomentsJSON {
    return { count: this.#count, mean: [...this.mean], variance: [...this.variance] };
  }

  /** @throws TypeError or RangeError when `json` is not what `toJSON` writes */
  static fromJSON(json: unknown): RunningMoments {
    const { count, mean, variance } = (json ?? {}) as Record<string, unknown>;
    if (typeof count !== "number" || !Array.isArray(mean) || !Array.isArray(variance)) {
      throw new TypeError(`RunningMoments: expected count, mean and variance, got ${describe(json)}`);
    }
    const moments = new RunningMoments(mean.length);
    const good =
      count > 0 &&
      variance.length === mean.length &&
      mean.every(Number.isFinite) &&
      variance.every((value) => Number.isFinite(value) && value >= 0);
    if (!good) {
      throw new RangeError(`RunningMoments: count, mean and variance must be finite and fit, got ${describe(json)}`);
    }
    moments.#count = count;
    moments.mean.set(mean);
    moments.variance.set(variance);
    return moments;
  }
}
