import { OnlineRidge } from "./online_ridge.ts";

/** Options of a LinUCB bandit. */
export interface LinUcbOptions {
  /** Number of arms. */
  readonly arms: number;
  /**
   * Number of features: of the context, or in the shared form of an arm in its context. The last should be constant.
   */
  readonly size: number;
  /** Whether all arms share one model over arm features. By default each arm has its own model of the context. */
  readonly shared?: boolean;
  /** Exploration: standard errors that are added to the expected reward of an arm. 1 by default. */
  readonly alpha?: number;
  /** Initial value of every feature's sum of squares. 1 by default. */
  readonly ridge?: number;
}

/**
 * LinUCB (Li et al. 2010, "A contextual-bandit approach to personalized news article recommendation"): a linear
 * contextual bandit that is optimistic about arms it knows little about. The disjoint form keeps a ridge regression per
 * arm; the shared form keeps a single one over features of arm and context.
 *
 * It chooses the arm with the greatest prediction + alpha x spread x sqrt(x^T A^-1 x). The spread is the root mean
 * squared error of its predictions so far, so that alpha has no unit. Of equal arms it takes the first; it draws no
 * random numbers. In the disjoint form, arms that were never tried come first, because their initial prediction, 0, is
 * not necessarily optimistic.
 */
export class LinUcb {
  readonly arms: number;
  readonly size: number;
  readonly #shared: boolean;
  readonly #alpha: number;
  /** One model per arm, or one for all arms. */
  readonly #models: readonly OnlineRidge[];
  #squares = 0;
  #samples = 0;

  /** @throws RangeError when an option is out of range */
  constructor({ arms, size, shared = false, alpha = 1, ridge = 1 }: LinUcbOptions) {
    if (!Number.isSafeInteger(arms) || arms < 1)
      throw new RangeError(`arms must be a positive whole number, got ${arms}`);
    if (!(alpha >= 0)) throw new RangeError(`alpha must be a number of at least 0, got ${alpha}`);
    this.arms = arms;
    this.size = size;
    this.#shared = shared;
    this.#alpha = alpha;
    this.#models = Array.from({ length: shared ? 1 : arms }, () => new OnlineRidge(size, ridge));
  }

  /** Root mean squared error of the predictions so far, in the unit of rewards; 1 before the first prediction. */
  get spread(): number {
    return this.#samples === 0 ? 1 : Math.sqrt(this.#squares / this.#samples);
  }

  /**
   * The arm to take; -1 when the mask allows none.
   *
   * @param features from `offset` on: the context, or in the shared form `[arms, size]`
   * @param mask from `maskOffset` on: 1 for each allowed arm; null allows all
   */
  choose(features: ArrayLike<number>, offset = 0, mask: Uint8Array | null = null, maskOffset = 0): number {
    const width = this.#alpha * this.spread;
    let best = -1;
    let most = 0;
    for (let arm = 0; arm < this.arms; arm++) {
      if (mask !== null && mask[maskOffset + arm] === 0) continue;
      const model = this.#modelOf(arm);
      if (!this.#shared && model.samples === 0) return arm;
      const at = this.#shared ? offset + arm * this.size : offset;
      let score = model.predict(features, at);
      if (width > 0) score += width * Math.sqrt(model.uncertainty(features, at));
      if (best < 0 || score > most) {
        best = arm;
        most = score;
      }
    }
    return best;
  }

  /**
   * The expected reward of an arm.
   *
   * @param features as in `update`
   */
  predict(features: ArrayLike<number>, offset: number, arm = 0): number {
    return this.#modelOf(arm).predict(features, offset);
  }

  /**
   * Learns from the reward of an arm.
   *
   * @param features from `offset` on: the context of the decision, or in the shared form the features of the arm
   * @param arm may be omitted in the shared form
   */
  update(features: ArrayLike<number>, offset: number, reward: number, arm = 0): void {
    const model = this.#modelOf(arm);
    const error = reward - model.predict(features, offset);
    this.#squares += error * error;
    this.#samples++;
    model.add(features, offset, reward);
  }

  #modelOf(arm: number): OnlineRidge {
    return this.#models[this.#shared ? 0 : arm];
  }
}
