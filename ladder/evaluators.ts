/** Greatest absolute value of a block's relative advantage: a few blocks must not outweigh all others. Source: choice. */
const LIMIT = 1;

/** Blocks of the default that are remembered for the tail. Source: choice, more than a 99th percentile needs. */
const REMEMBERED = 256;

/** How the agent's efficiency is estimated. Values of the two are never mixed in one statistic. */
export const EVALUATORS = ["paired", "switchback"] as const;
export type EvaluatorName = (typeof EVALUATORS)[number];

/** Mean cost of blocks that the default played; known before a block, so that it can serve as a yardstick for it. */
export class DefaultCosts {
  #count = 0;
  #sum = 0;
  readonly #recent: number[] = [];
  #tail = Number.POSITIVE_INFINITY;

  get count(): number {
    return this.#count;
  }

  /** 0 before the first. */
  get mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }

  add(cost: number): void {
    this.#count++;
    this.#sum += cost;
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
 */
export function pairedAdvantage(defaultCost: number, agentCost: number, least: number): number {
  const scale = Math.max(Math.abs(defaultCost), least, Number.MIN_VALUE);
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

function limited(value: number): number {
  return Math.max(-LIMIT, Math.min(LIMIT, value));
}
