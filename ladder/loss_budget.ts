/** Standard errors above the budget at which an estimated loss counts. Source: choice. */
const ERRORS = 2;

/**
 * What an agent's live blocks lost against the default, and whether that is still within a share of what the default costs: the
 * constraint of conservative bandits (Wu et al. 2016), checked between blocks. Gains make up for losses.
 */
export class LossBudget {
  readonly #share: number;
  #defaultCost = 0;
  #loss = 0;
  #squares = 0;
  #count = 0;

  /** @param share of the default's cost that may be lost */
  constructor(share: number) {
    this.#share = share;
  }

  /** In all, in the unit of the cost; below 0 it is a gain. */
  get loss(): number {
    return this.#loss;
  }

  /** A block has been played; `defaultCost` is what the default would have cost, or did. */
  spend(defaultCost: number): void {
    this.#defaultCost += defaultCost;
  }

  /** The agent decided in a live block, and lost so much. */
  lose(loss: number): void {
    this.#count++;
    this.#loss += loss;
    this.#squares += loss * loss;
  }

  /** Whether more was lost than may be. @param exact whether losses are known, or estimates that have to be certain */
  exceeded(exact: boolean): boolean {
    const mean = this.#count === 0 ? 0 : this.#loss / this.#count;
    const error = exact ? 0 : Math.sqrt(Math.max(0, this.#squares - this.#count * mean * mean));
    return this.#loss - ERRORS * error > this.#share * this.#defaultCost;
  }
}
