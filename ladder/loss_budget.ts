import { ConfidenceSequence } from "./confidence_sequence.ts";

/** Estimated losses before the budget judges them. Source: choice. */
const LEAST_LOSSES = 8;

/** Probability of ever judging estimated losses as certain when there are none. Source: choice. */
const ALPHA = 0.05;

/**
 * What a policy's live blocks lost against the default, and whether that is within a share of what the default costs.
 * It is the constraint of conservative bandits (Wu et al. 2016), checked between blocks. Gains make up for losses.
 */
export class LossBudget {
  readonly #share: number;
  readonly #losses = new ConfidenceSequence(LEAST_LOSSES);
  #defaultCost = 0;

  /** @param share of the cost of the default that may be lost */
  constructor(share: number) {
    this.#share = share;
  }

  /** Records a block that was played. `defaultCost` is what the default would have cost in it, or did cost. */
  spend(defaultCost: number): void {
    this.#defaultCost += defaultCost;
  }

  /** Records what the policy lost in a live block in which it decided. Below 0 it is a gain. */
  lose(loss: number): void {
    this.#losses.add(loss);
  }

  /**
   * Whether more was lost than allowed.
   *
   * @param exact whether losses are known; otherwise they are estimates, and their sum has to be certain
   */
  exceeded(exact: boolean): boolean {
    const { count, mean } = this.#losses;
    if (!exact && count < LEAST_LOSSES) return false;
    const least = exact ? mean : this.#losses.lower(ALPHA);
    return count > 0 && count * least > this.#share * this.#defaultCost;
  }
}
