import { OnlineRidge } from "./online_ridge.ts";

/** How a LinUCB bandit is made. */
export interface LinUcbOptions {
  /** Number of arms. */
  readonly arms: number;
  /** Numbers that describe the context, or in the shared form an arm in its context. The last should be constant. */
  readonly size: number;
  /** Whether one model over the features of each arm serves all; by default each arm has a model of the context. */
  readonly shared?: boolean;
  /** Exploration: standard errors that are added to what an arm is expected to earn. 1 by default. */
  readonly alpha?: number;
  /** What every feature's sum of squares begins with. 1 by default. */
  readonly ridge?: number;
}

/**
 * A linear contextual bandit that is optimistic where it knows little: LinUCB (Li et al. 2010, "A contextual-bandit approach to
 * personalized news article recommendation"), in its disjoint form with a ridge regression for each arm, and in a shared form
 * with one over features of arm and context.
 *
 * It chooses the arm with the greatest prediction + alpha x spread x sqrt(x^T A^-1 x). The spread is the root of the mean squared error
 * that its predictions have had, so that alpha has no unit. Of arms that are alike in this it takes the first: nothing is drawn at
 * random. In the disjoint form arms that were never tried come before all others, as 0 need not be a bold guess of what they earn.
 */
export class LinUcb {
  readonly arms: number;
  readonly size: number;
  readonly #shared: boolean;
  readonly #alpha: number;
  /** One an arm, or one for all. */
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

  /** Root mean squared error of predictions so far, in the unit of rewards; 1 before the first. */
  get spread(): number {
    return this.#samples === 0 ? 1 : Math.sqrt(this.#squares / this.#samples);
  }

  /**
   * The arm to take, -1 when the mask allows none.
   *
   * @param features the context, or in the shared form `[arms, size]`, from `offset` on
   * @param mask 1 for each arm that may be taken, from `maskOffset` on; null for all
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
   * What an arm is expected to earn.
   *
   * @param features as in `update`
   */
  predict(features: ArrayLike<number>, offset: number, arm = 0): number {
    return this.#modelOf(arm).predict(features, offset);
  }

  /**
   * Learns from what an arm earned.
   *
   * @param features the context in which it was taken, or in the shared form that arm's features, from `offset` on
   * @param arm need not be said in the shared form
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
