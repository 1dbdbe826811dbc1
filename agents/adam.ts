/** The state of `Adam` between steps. */
export interface AdamState {
  steps: number;
  /** Running mean of the gradient, one number per parameter. */
  mean: Float32Array;
  /** Running mean of the squared gradient, one number per parameter. */
  square: Float32Array;
}

/**
 * Adam (Kingma and Ba 2015, algorithm 1) over one flat vector, in place. It uses typed arrays: one pass over the ten
 * thousand parameters of a policy network takes tens of microseconds, as long as a single tfjs kernel.
 */
export class Adam {
  readonly #beta1: number;
  readonly #beta2: number;
  readonly #epsilon: number;
  #steps = 0;
  readonly #mean: Float32Array;
  readonly #square: Float32Array;

  /** @param size number of parameters */
  constructor(size: number, { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-5 } = {}) {
    this.#beta1 = beta1;
    this.#beta2 = beta2;
    this.#epsilon = epsilon;
    this.#mean = new Float32Array(size);
    this.#square = new Float32Array(size);
  }

  /** Moves `parameters` against `gradient`. */
  step(parameters: Float32Array, gradient: Float32Array, learningRate: number): void {
    this.#steps += 1;
    const mean = this.#mean;
    const square = this.#square;
    const beta1 = this.#beta1;
    const beta2 = this.#beta2;
    const rate = learningRate / (1 - beta1 ** this.#steps);
    const correction = 1 / Math.sqrt(1 - beta2 ** this.#steps);
    for (let i = 0; i < parameters.length; i++) {
      const g = gradient[i];
      const m = beta1 * mean[i] + (1 - beta1) * g;
      const s = beta2 * square[i] + (1 - beta2) * g * g;
      mean[i] = m;
      square[i] = s;
      parameters[i] -= (rate * m) / (Math.sqrt(s) * correction + this.#epsilon);
    }
  }

  /** A copy of everything that the next step depends on. */
  state(): AdamState {
    return { steps: this.#steps, mean: this.#mean.slice(), square: this.#square.slice() };
  }

  /** Continues from a state that `state` returned. Throws a RangeError when its size differs. */
  restore(state: AdamState): void {
    if (state.mean.length !== this.#mean.length || state.square.length !== this.#square.length) {
      throw new RangeError(
        `Adam state for ${state.mean.length} parameters given to an optimiser of ${this.#mean.length} parameters`,
      );
    }
    this.#steps = state.steps;
    this.#mean.set(state.mean);
    this.#square.set(state.square);
  }
}

/** Scales `gradient` down to `maxNorm` when it is longer (L2) and returns its length before. */
export function clipNorm(gradient: Float32Array, maxNorm: number): number {
  let sum = 0;
  for (let i = 0; i < gradient.length; i++) {
    sum += gradient[i] * gradient[i];
  }
  const norm = Math.sqrt(sum);
  if (norm > maxNorm) {
    const scale = maxNorm / norm;
    for (let i = 0; i < gradient.length; i++) {
      gradient[i] *= scale;
    }
  }
  return norm;
}
