/** Least standard deviation. Identical runs have none, and must not look certain of more than 0. Source: choice. */
const LEAST_DEVIATION = 1e-6;

/**
 * Mean of a stream with one-sided bounds that hold at all times at once, so that it can be checked after every value.
 * It is an asymptotic confidence sequence, the normal mixture of Waudby-Smith et al. (arXiv 2103.06476), tightest at
 * about `least` values. Asymptotic means: it holds for values that are about independent, and for at least `least` of
 * them.
 */
export class ConfidenceSequence {
  readonly #least: number;
  #count = 0;
  #mean = 0;
  #squares = 0;

  /** @param least number of values at which the bounds are tightest, and before which they are not to be trusted */
  constructor(least: number) {
    this.#least = least;
  }

  /** Number of values. */
  get count(): number {
    return this.#count;
  }

  /** 0 before the first value. */
  get mean(): number {
    return this.#mean;
  }

  /** Sample standard deviation, at least a millionth. */
  get deviation(): number {
    return this.#count < 2 ? LEAST_DEVIATION : Math.max(LEAST_DEVIATION, Math.sqrt(this.#squares / (this.#count - 1)));
  }

  /** Adds a value. */
  add(value: number): void {
    this.#count++;
    const before = value - this.#mean;
    this.#mean += before / this.#count;
    this.#squares += before * (value - this.#mean);
  }

  /**
   * Lower bound: the true mean is ever below it with probability at most `alpha`. -Infinity before the second value.
   */
  lower(alpha: number): number {
    return this.#count < 2 ? Number.NEGATIVE_INFINITY : this.#mean - this.#halfWidth(alpha);
  }

  /** Upper bound: the true mean is ever above it with probability at most `alpha`. Infinity before the second value. */
  upper(alpha: number): number {
    return this.#count < 2 ? Number.POSITIVE_INFINITY : this.#mean + this.#halfWidth(alpha);
  }

  #halfWidth(alpha: number): number {
    const n = this.#count;
    const log = -2 * Math.log(2 * alpha);
    const r = (log + Math.log(log) + 1) / (2 * this.#least);
    const width = ((2 * (n * r + 1)) / (n * n * r)) * Math.log(Math.sqrt(n * r + 1) / (2 * alpha));
    return this.deviation * Math.sqrt(width);
  }
}
