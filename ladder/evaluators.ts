/** Greatest absolute value of a block's relative advantage: a few blocks must not outweigh all others. Source: choice. */
const LIMIT = 1;

/** Blocks of the default that are remembered. Source: choice, more than a 99th percentile needs. */
const REMEMBERED = 256;

/** How the agent's efficiency is estimated. Values of the two are never mixed in one statistic. */
export const EVALUATORS = ["paired", "switchback"] as const;
export type EvaluatorName = (typeof EVALUATORS)[number];

/** What blocks cost that the default played, of the last ones; known before a block, so that it can serve as a yardstick for it. */
export class DefaultCosts {
  #count = 0;
  readonly #recent: number[] = [];
  #tail = Number.POSITIVE_INFINITY;

  get count(): number {
    return this.#count;
  }

  /** 0 before the first. */
  get mean(): number {
    let sum = 0;
    for (const cost of this.#recent) sum += cost;
    return this.#recent.length === 0 ? 0 : sum / this.#recent.length;
  }

  add(cost: number): void {
    this.#count++;
    this.#recent.push(cost);
    if (this.#recent.length > REMEMBERED) this.#recent.shift();
    const sorted = [...this.#recent].sort((a, b) => a - b);
    this.#tail = sorted[Math.min(sorted.length - 1, Math.floor(0.99 * sorted.length))];
  }

  /** What 99 % of the last blocks did not exceed; Infinity before the first. */
  get tail(): number {
    return this.#tail;
  }
}

/**
 * Advantage of a block that both have played, one of them in a copy with the same future: (cost of default - cost of agent) / cost
 * of default, within plus and minus 1. No kernel can have it: it needs the copy.
 *
 * @param least cost that the default's counts as at least
 * @param symmetric divides by the greater of both costs, see `LadderOptions`
 */
export function pairedAdvantage(defaultCost: number, agentCost: number, least: number, symmetric = false): number {
  const scale = Math.max(Math.abs(defaultCost), symmetric ? Math.abs(agentCost) : 0, least, Number.MIN_VALUE);
  return limited((defaultCost - agentCost) / scale);
}

/**
 * The same for a block that only one of them has played, by a coin: an estimate whose mean over coins is the advantage, weighted by
 * the inverse of the probability of what the coin said, with the default's mean as control variate. A kernel can have it.
 *
 * @param agent whether the agent was to decide in it
 * @param propensity probability that it was, above 0 and below 1
 * @param mean of the default's costs in the blocks before, above 0
 */
export function switchbackAdvantage(agent: boolean, cost: number, propensity: number, mean: number): number {
  const excess = limited((cost - mean) / mean);
  return agent ? -excess / propensity : excess / (1 - propensity);
}

/**
 * What a block in which the agent decided says by itself: what it saved, as a share of what the default costs in the mean. It does not
 * know whether the block was a dear one; it is for the alarm, which must not wait for blocks that the default plays.
 */
export function liveGain(cost: number, mean: number): number {
  return -limited((cost - mean) / mean);
}

function limited(value: number): number {
  return Math.max(-LIMIT, Math.min(LIMIT, value));
}
