/**
 * Greatest absolute value of a block's relative advantage, so that a few blocks do not outweigh all others. Source:
 * choice.
 */
const LIMIT = 1;

/** Number of the default's blocks that are remembered. Source: choice, more than a 99th percentile needs. */
const REMEMBERED = 256;

/** How the advantage of the policy is estimated. Values of the two evaluators are never mixed in one statistic. */
export const EVALUATORS = ["paired", "switchback"] as const;

/**
 * Costs of the last blocks that the default played. They are known before a block, so that they can serve as a
 * yardstick for it.
 */
export class DefaultCosts {
  #count = 0;
  readonly #recent: number[] = [];
  #tail = Number.POSITIVE_INFINITY;

  /** Number of blocks that were added. */
  get count(): number {
    return this.#count;
  }

  /** Mean cost of the remembered blocks. 0 before the first. */
  get mean(): number {
    let sum = 0;
    for (const cost of this.#recent) sum += cost;
    return this.#recent.length === 0 ? 0 : sum / this.#recent.length;
  }

  /** Adds the cost of a block that the default played. */
  add(cost: number): void {
    this.#count++;
    this.#recent.push(cost);
    if (this.#recent.length > REMEMBERED) this.#recent.shift();
    const sorted = [...this.#recent].sort((a, b) => a - b);
    this.#tail = sorted[Math.min(sorted.length - 1, Math.floor(0.99 * sorted.length))];
  }

  /** 99th percentile of the remembered costs. Infinity before the first. */
  get tail(): number {
    return this.#tail;
  }
}

/**
 * Advantage in a block that both the policy and the default have played, one of them in a copy with the same future:
 * (cost of default - cost of policy) / cost of default, limited to plus and minus 1. No kernel can have it, because it
 * needs the copy.
 *
 * @param least the default's cost counts as at least this much
 * @param symmetric divides by the greater of both costs, see `LadderOptions`
 */
export function pairedAdvantage(defaultCost: number, agentCost: number, least: number, symmetric = false): number {
  const scale = Math.max(Math.abs(defaultCost), symmetric ? Math.abs(agentCost) : 0, least, Number.MIN_VALUE);
  return limited((defaultCost - agentCost) / scale);
}

/**
 * Estimate of the advantage from a block that only one of the two has played, drawn by a coin. Its mean over coins is
 * the advantage: it is weighted by the inverse of the probability of the draw, with the default's mean as control
 * variate. A kernel can have it.
 *
 * @param agent whether the policy was to decide in the block
 * @param propensity probability of that, above 0 and below 1
 * @param mean of the default's costs in the blocks before, above 0
 */
export function switchbackAdvantage(agent: boolean, cost: number, propensity: number, mean: number): number {
  const excess = limited((cost - mean) / mean);
  return agent ? -excess / propensity : excess / (1 - propensity);
}

/**
 * What a block in which the policy decided says by itself: the saving, as a share of what the default costs on average.
 * It does not know whether the block was an expensive one. It is for the alarm, which must not wait for blocks that the
 * default plays.
 */
export function liveGain(cost: number, mean: number): number {
  return -limited((cost - mean) / mean);
}

function limited(value: number): number {
  return Math.max(-LIMIT, Math.min(LIMIT, value));
}
