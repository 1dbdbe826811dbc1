/**
 * Weighted least squares with a ridge penalty, solved in one go from running sums. The last of the `size` features must
 * be constant; its coefficient is not shrunk.
 *
 * There are two ridge regressions because the two users need different things. This one can forget (`scale`), can be
 * saved as its sums, and shrinks each feature in proportion to its own mean square; it costs a solve of size^3.
 * `OnlineRidge` predicts after every sample and knows its own uncertainty, but cannot forget.
 */
export class BatchRidge {
  readonly size: number;
  /** Sum of weight x x^T, row-major. */
  readonly gram: Float64Array;
  /** Sum of weight x target x x. */
  readonly moment: Float64Array;

  constructor(size: number) {
    this.size = size;
    this.gram = new Float64Array(size * size);
    this.moment = new Float64Array(size);
  }

  /** Adds a sample of weight 1. */
  add(features: Float64Array, target: number): void {
    const { size, gram, moment } = this;
    for (let i = 0; i < size; i++) {
      const value = features[i];
      if (value === 0) continue;
      moment[i] += value * target;
      for (let j = 0; j < size; j++) gram[i * size + j] += value * features[j];
    }
  }

  /** Multiplies the weight of all earlier samples by `share`. */
  scale(share: number): void {
    for (let i = 0; i < this.gram.length; i++) this.gram[i] *= share;
    for (let i = 0; i < this.size; i++) this.moment[i] *= share;
  }

  /**
   * Writes the coefficients; zeros when there are no samples.
   *
   * @param ridge strength of the penalty, in samples: it shrinks each feature as much as that many more samples would
   *   in which the feature has its mean square and the target is 0
   */
  solve(ridge: number, coefficients: Float64Array): void {
    const { size } = this;
    const count = this.gram[size * size - 1];
    coefficients.fill(0);
    if (count === 0) return;
    const a = this.gram.slice();
    coefficients.set(this.moment);
    for (let i = 0; i < size - 1; i++) a[i * size + i] += (ridge * a[i * size + i]) / count + 1e-9;
    eliminate(a, coefficients, size);
  }
}

/** Solves a x = b for a symmetric positive definite matrix, in place: `b` becomes x. */
function eliminate(a: Float64Array, b: Float64Array, size: number): void {
  for (let i = 0; i < size; i++) {
    for (let row = i + 1; row < size; row++) {
      const factor = a[row * size + i] / a[i * size + i];
      if (factor === 0) continue;
      for (let j = i; j < size; j++) a[row * size + j] -= factor * a[i * size + j];
      b[row] -= factor * b[i];
    }
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let j = i + 1; j < size; j++) b[i] -= a[i * size + j] * b[j];
    b[i] /= a[i * size + i];
  }
}
