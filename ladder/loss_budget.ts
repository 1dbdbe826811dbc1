import { ConfidenceSequence } from "./confidence_sequence.ts";

/** Estimated losses before anything is said of them. Source: choice. */
const LEAST_LOSSES = 8;

/** Probability of calling estimated losses certain that are none, at any time. Source: choice. */
const ALPHA = 0.05;

/**
 * What an agent's live blocks lost against the default, and whether that is still within a share of what the default costs: the
 * constraint of conservative bandits (Wu et al. 2016), checked between blocks. Gains make up for losses.
 */
export class LossBudget {
  readonly #share: number;
  readonly #losses = new ConfidenceSequence(LEAST_LOSSES);
  #defaultCost = 0;

  /** @param share of the default's cost that may be lost */
  constructor(share: number) {
    this.#share = share;
  }

  /** A block has been played; `defaultCost` is what the default would have cost, or did. */
  spend(defaultCost: number): void {
    this.#defaultCost += defaultCost;
  }

  /** The agent decided in a live block, and lost so much; below 0 it is a gain. */
  lose(loss: number): void {
    this.#losses.add(loss);
  }

  /** Whether more was lost than may be. @param exact whether losses are known, or estimates of which a sum has to be certain */
  exceeded(exact: boolean): boolean {
    const { count, mean } = this.#losses;
    if (!exact && count < LEAST_LOSSES) return false;
    const least = exact ? mean : this.#losses.lower(ALPHA);
    return count > 0 && count * least > this.#share * this.#defaultCost;
  }
}
