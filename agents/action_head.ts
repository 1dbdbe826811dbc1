import type { RandomStream } from "../kernel/random.ts";

/**
 * A probability distribution over one row's actions. A network's outputs are its parameters: the head turns them into
 * actions and gives the policy gradient its derivatives. Each method works on one row inside row-major typed arrays, at
 * the given offsets, and allocates nothing.
 *
 * A head may own free parameters: learned numbers that do not depend on the observation.
 */
export interface ActionHead {
  /** Number of network outputs per row. */
  readonly width: number;
  /** Number of free parameters. */
  readonly freeParameters: number;
  /** Numbers that describe one row's action, as the space flattens it. */
  readonly actionSize: number;
  /** Entries of one row's mask; 0 when the actions cannot be masked. */
  readonly maskSize: number;
  /** Natural logarithm of the action's probability (or density), for the row last given to `evaluate`. */
  readonly logProbability: number;
  /** Entropy of the distribution in nats, for the row last given to `evaluate`. */
  readonly entropy: number;

  /** Writes the initial values of the free parameters. */
  initialise(free: Float32Array): void;
  /** Draws an action, in the head's own units; `toEnvironment` converts it to the environment's action. */
  sample(row: HeadRow, random: RandomStream, action: Float32Array, actionOffset: number): void;
  /** Writes the most probable action, in the head's own units. */
  mode(row: HeadRow, action: Float32Array, actionOffset: number): void;
  /**
   * When the row's mask leaves no choice, writes the only action and returns true: no network is needed then. Otherwise
   * returns false.
   */
  forced(row: HeadRow, action: Float32Array, actionOffset: number): boolean;
  /** Sets `logProbability` and `entropy` for an action that `sample` or `mode` wrote. */
  evaluate(row: HeadRow, action: Float32Array, actionOffset: number): void;
  /**
   * The gradient of `dLogProbability * logProbability + dEntropy * entropy`, for the row and action last given to
   * `evaluate`: writes the gradient with respect to the outputs at `outputs[offset]`, and adds the gradient with
   * respect to the free parameters to `free`.
   */
  gradient(dLogProbability: number, dEntropy: number, outputs: Float32Array, offset: number, free: Float32Array): void;
  /** Writes the environment's action, flattened. It lies inside the action space for every action of this head. */
  toEnvironment(action: Float32Array, actionOffset: number, flat: FlatActions, flatOffset: number): void;
}

/** Flattened actions: a Float32Array, or the typed array that an environment with several rows expects. */
export type FlatActions = { [index: number]: number };

/** Where to find the parameters of one row's distribution. */
export interface HeadRow {
  outputs: Float32Array;
  offset: number;
  free: Float32Array;
  /** 1 for legal, 0 for illegal actions, or null when all are legal. */
  mask: Uint8Array | null;
  maskOffset: number;
}

const LOG_SQRT_2_PI = 0.5 * Math.log(2 * Math.PI);

/**
 * Independent categorical choices with masks: Discrete (one), MultiDiscrete (several), MultiBinary (two options each).
 */
export class CategoricalHead implements ActionHead {
  readonly width: number;
  readonly freeParameters = 0;
  readonly actionSize: number;
  readonly maskSize: number;
  logProbability = 0;
  entropy = 0;
  readonly #counts: readonly number[];
  readonly #start: number;
  /** For the row last evaluated: log-probabilities (-Infinity where masked), entropy of each choice, chosen indices. */
  readonly #logits: Float64Array;
  readonly #entropies: Float64Array;
  readonly #chosen: Int32Array;

  /**
   * @param counts number of alternatives of each choice
   * @param start number of the first alternative (a Discrete space need not start at 0)
   */
  constructor(counts: readonly number[], start = 0) {
    this.#counts = counts;
    this.#start = start;
    this.width = counts.reduce((sum, count) => sum + count, 0);
    this.maskSize = this.width;
    this.actionSize = counts.length;
    this.#logits = new Float64Array(this.width);
    this.#entropies = new Float64Array(counts.length);
    this.#chosen = new Int32Array(counts.length);
  }

  initialise(): void {}

  sample(row: HeadRow, random: RandomStream, action: Float32Array, actionOffset: number): void {
    this.#normalise(row);
    let first = 0;
    for (let choice = 0; choice < this.#counts.length; choice++) {
      const count = this.#counts[choice];
      let left = random.next();
      let chosen = -1;
      for (let i = 0; i < count; i++) {
        const probability = Math.exp(this.#logits[first + i]);
        if (probability > 0) {
          // Rounding may leave a remainder after the last legal alternative: that alternative then stays chosen.
          chosen = i;
          left -= probability;
          if (left < 0) {
            break;
          }
        }
      }
      action[actionOffset + choice] = chosen;
      first += count;
    }
  }

  mode(row: HeadRow, action: Float32Array, actionOffset: number): void {
    const { outputs, offset, mask, maskOffset } = row;
    let first = 0;
    for (let choice = 0; choice < this.#counts.length; choice++) {
      const count = this.#counts[choice];
      let best = -1;
      for (let i = first; i < first + count; i++) {
        const legal = mask === null || mask[maskOffset + i] !== 0;
        if (legal && (best < 0 || outputs[offset + i] > outputs[offset + best])) {
          best = i;
        }
      }
      if (best < 0) {
        throw new RangeError(`the action mask allows none of the ${count} alternatives of choice ${choice}`);
      }
      action[actionOffset + choice] = best - first;
      first += count;
    }
  }

  forced({ mask, maskOffset }: HeadRow, action: Float32Array, actionOffset: number): boolean {
    if (mask === null) return false;
    let at = maskOffset;
    for (let choice = 0; choice < this.#counts.length; choice++) {
      const end = at + this.#counts[choice];
      let legal = -1;
      for (let i = at; i < end; i++) {
        if (mask[i] === 0) continue;
        if (legal >= 0) return false;
        legal = i;
      }
      if (legal < 0) return false;
      action[actionOffset + choice] = legal - at;
      at = end;
    }
    return true;
  }

  evaluate(row: HeadRow, action: Float32Array, actionOffset: number): void {
    this.#normalise(row);
    let logProbability = 0;
    let entropy = 0;
    let first = 0;
    for (let choice = 0; choice < this.#counts.length; choice++) {
      const count = this.#counts[choice];
      let sum = 0;
      for (let i = first; i < first + count; i++) {
        const log = this.#logits[i];
        if (log > Number.NEGATIVE_INFINITY) {
          sum -= Math.exp(log) * log;
        }
      }
      this.#entropies[choice] = sum;
      entropy += sum;
      const chosen = first + action[actionOffset + choice];
      this.#chosen[choice] = chosen;
      logProbability += this.#logits[chosen];
      first += count;
    }
    this.logProbability = logProbability;
    this.entropy = entropy;
  }

  gradient(dLogProbability: number, dEntropy: number, outputs: Float32Array, offset: number): void {
    let first = 0;
    for (let choice = 0; choice < this.#counts.length; choice++) {
      const count = this.#counts[choice];
      const entropy = this.#entropies[choice];
      const chosen = this.#chosen[choice];
      for (let i = first; i < first + count; i++) {
        const log = this.#logits[i];
        const probability = Math.exp(log);
        outputs[offset + i] =
          probability > 0
            ? dLogProbability * ((i === chosen ? 1 : 0) - probability) - dEntropy * probability * (log + entropy)
            : 0;
      }
      first += count;
    }
  }

  toEnvironment(action: Float32Array, actionOffset: number, flat: FlatActions, flatOffset: number): void {
    for (let choice = 0; choice < this.#counts.length; choice++) {
      flat[flatOffset + choice] = action[actionOffset + choice] + this.#start;
    }
  }

  /** Computes the log-probabilities of the legal alternatives of every choice. */
  #normalise({ outputs, offset, mask, maskOffset }: HeadRow): void {
    const logits = this.#logits;
    let first = 0;
    for (const count of this.#counts) {
      let highest = Number.NEGATIVE_INFINITY;
      for (let i = first; i < first + count; i++) {
        const legal = mask === null || mask[maskOffset + i] !== 0;
        logits[i] = legal ? outputs[offset + i] : Number.NEGATIVE_INFINITY;
        highest = Math.max(highest, logits[i]);
      }
      if (!(highest > Number.NEGATIVE_INFINITY)) {
        throw new RangeError(
          `no legal alternative with a finite score among ${count}: the action mask allows none, or the network put out NaN`,
        );
      }
      let sum = 0;
      for (let i = first; i < first + count; i++) {
        sum += Math.exp(logits[i] - highest);
      }
      const normaliser = highest + Math.log(sum);
      for (let i = first; i < first + count; i++) {
        logits[i] -= normaliser;
      }
      first += count;
    }
  }
}

/**
 * Independent normal distributions. The means are the outputs; the logarithms of the standard deviations are free
 * parameters. In a dimension with both bounds, 0 stands for the middle of the Box and 1 for half its range, so that an
 * untrained network acts in the middle. The environment's action is clipped to the bounds.
 */
export class GaussianHead implements ActionHead {
  readonly width: number;
  readonly freeParameters: number;
  readonly actionSize: number;
  readonly maskSize = 1;
  logProbability = 0;
  entropy = 0;
  readonly #low: Float32Array;
  readonly #high: Float32Array;
  readonly #centre: Float32Array;
  readonly #scale: Float32Array;
  readonly #initialLogStd: number;
  /** For the row last evaluated: (action - mean) / std and 1 / std. */
  readonly #z: Float64Array;
  readonly #inverse: Float64Array;

  /**
   * @param low lower bounds, -Infinity where there is none
   * @param high upper bounds, Infinity where there is none
   * @param initialLogStd logarithm of the initial standard deviation, in half-ranges where bounded
   */
  constructor(low: ArrayLike<number>, high: ArrayLike<number>, initialLogStd = 0) {
    this.width = low.length;
    this.freeParameters = low.length;
    this.actionSize = low.length;
    this.#low = Float32Array.from(low);
    this.#high = Float32Array.from(high);
    const bounded = (i: number) => Number.isFinite(low[i]) && Number.isFinite(high[i]);
    this.#centre = this.#low.map((value, i) => (bounded(i) ? (value + high[i]) / 2 : 0));
    this.#scale = this.#low.map((value, i) => (bounded(i) ? (high[i] - value) / 2 : 1));
    this.#initialLogStd = initialLogStd;
    this.#z = new Float64Array(low.length);
    this.#inverse = new Float64Array(low.length);
  }

  initialise(free: Float32Array): void {
    free.fill(this.#initialLogStd, 0, this.freeParameters);
  }

  sample({ outputs, offset, free }: HeadRow, random: RandomStream, action: Float32Array, actionOffset: number): void {
    for (let i = 0; i < this.width; i++) {
      action[actionOffset + i] = outputs[offset + i] + Math.exp(free[i]) * random.normal();
    }
  }

  mode({ outputs, offset }: HeadRow, action: Float32Array, actionOffset: number): void {
    for (let i = 0; i < this.width; i++) {
      action[actionOffset + i] = outputs[offset + i];
    }
  }

  /** A row that does not decide now acts in the middle; the environment ignores that action. */
  forced({ mask, maskOffset }: HeadRow, action: Float32Array, actionOffset: number): boolean {
    if (mask === null || mask[maskOffset] !== 0) return false;
    action.fill(0, actionOffset, actionOffset + this.actionSize);
    return true;
  }

  evaluate({ outputs, offset, free }: HeadRow, action: Float32Array, actionOffset: number): void {
    let logProbability = 0;
    let entropy = 0;
    for (let i = 0; i < this.width; i++) {
      const logStd = free[i];
      const inverse = Math.exp(-logStd);
      const z = (action[actionOffset + i] - outputs[offset + i]) * inverse;
      this.#z[i] = z;
      this.#inverse[i] = inverse;
      logProbability -= 0.5 * z * z + logStd + LOG_SQRT_2_PI;
      entropy += 0.5 + LOG_SQRT_2_PI + logStd;
    }
    this.logProbability = logProbability;
    this.entropy = entropy;
  }

  gradient(dLogProbability: number, dEntropy: number, outputs: Float32Array, offset: number, free: Float32Array): void {
    for (let i = 0; i < this.width; i++) {
      const z = this.#z[i];
      outputs[offset + i] = dLogProbability * z * this.#inverse[i];
      free[i] += dLogProbability * (z * z - 1) + dEntropy;
    }
  }

  toEnvironment(action: Float32Array, actionOffset: number, flat: FlatActions, flatOffset: number): void {
    for (let i = 0; i < this.width; i++) {
      const value = this.#centre[i] + this.#scale[i] * action[actionOffset + i];
      flat[flatOffset + i] = Math.min(Math.max(value, this.#low[i]), this.#high[i]);
    }
  }
}
