/**
 * Ridge regression that learns from one sample at a time. It keeps the inverse of the regularised sum of x x^T up to
 * date by the Sherman-Morrison formula, so that a prediction and its uncertainty are available after every sample, each
 * for size^2 operations. The last feature should be constant. `BatchRidge` says when to use which.
 */
export class OnlineRidge {
  /** Number of features. */
  readonly size: number;
  /** Samples so far. */
  samples = 0;
  readonly coefficients: Float64Array;
  /** Inverse of (ridge x identity + sum of x x^T), row-major. */
  readonly #inverse: Float64Array;
  /** Inverse times features; scratch space of `add`. */
  readonly #gain: Float64Array;

  /**
   * @param ridge start of every feature's sum of squares, above 0
   * @throws RangeError when size or ridge is out of range
   */
  constructor(size: number, ridge: number) {
    if (!Number.isSafeInteger(size) || size < 1)
      throw new RangeError(`size must be a positive whole number, got ${size}`);
    if (!(ridge > 0 && ridge < Number.POSITIVE_INFINITY))
      throw new RangeError(`ridge must be a number above 0, got ${ridge}`);
    this.size = size;
    this.coefficients = new Float64Array(size);
    this.#inverse = new Float64Array(size * size);
    this.#gain = new Float64Array(size);
    for (let i = 0; i < size; i++) this.#inverse[i * size + i] = 1 / ridge;
  }

  /** The expected target for the features from `offset` on. */
  predict(features: ArrayLike<number>, offset = 0): number {
    const { size, coefficients } = this;
    let sum = 0;
    for (let i = 0; i < size; i++) sum += coefficients[i] * features[offset + i];
    return sum;
  }

  /** x^T inverse x: the variance of the prediction for these features, in units of one sample's variance. */
  uncertainty(features: ArrayLike<number>, offset = 0): number {
    const { size } = this;
    const inverse = this.#inverse;
    let sum = 0;
    for (let i = 0; i < size; i++) {
      const value = features[offset + i];
      if (value === 0) continue;
      const row = i * size;
      // The matrix is symmetric: the half below the diagonal counts twice.
      let half = 0;
      for (let j = 0; j < i; j++) half += inverse[row + j] * features[offset + j];
      sum += value * (2 * half + inverse[row + i] * value);
    }
    return Math.max(0, sum);
  }

  /** Adds a sample with the features from `offset` on. */
  add(features: ArrayLike<number>, offset: number, target: number): void {
    const { size, coefficients } = this;
    const inverse = this.#inverse;
    const gain = this.#gain;
    let spread = 0;
    for (let i = 0; i < size; i++) {
      const row = i * size;
      let sum = 0;
      for (let j = 0; j < size; j++) sum += inverse[row + j] * features[offset + j];
      gain[i] = sum;
      spread += sum * features[offset + i];
    }
    const share = 1 / (1 + spread);
    const step = share * (target - this.predict(features, offset));
    for (let i = 0; i < size; i++) {
      coefficients[i] += step * gain[i];
      const scaled = share * gain[i];
      const row = i * size;
      for (let j = 0; j < size; j++) inverse[row + j] -= scaled * gain[j];
    }
    this.samples++;
  }
}
