import { mean, quantile } from "d3-array";
import { randomStream } from "../../kernel/random.ts";

/** Default number of resamples. Source: choice; the ends of an interval then vary by about 1 % of its length. */
const REPETITIONS = 10_000;

/** Least number of units for an interval: a resample of one or two values says nothing about the next one. */
export const LEAST_UNITS = 3;

/** An interval that contains the true value with the stated confidence, if the units are independent. */
export interface Interval {
  low: number;
  high: number;
}

/** Settings of a bootstrap. */
export interface BootstrapOptions {
  /** Default 0. The same seed gives the same interval. */
  seed?: number;
  /** Default 10 000. */
  repetitions?: number;
  /** Default 0.95. */
  confidence?: number;
}

/**
 * Mean of the middle half: floor(n / 4) values are left out at either end. NaN for no values.
 * Source: the 25 % trimmed mean of Agarwal et al., "Deep RL at the edge of the statistical precipice" (2021).
 */
export function interquartileMean(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const cut = Math.floor(sorted.length / 4);
  return mean(sorted.slice(cut, sorted.length - cut)) ?? Number.NaN;
}

/**
 * Percentile bootstrap. Each resample draws units with replacement within each stratum, so that it keeps the mix of
 * strata, and computes the statistic of all drawn units.
 *
 * @typeParam Unit a value that is independent of the others: a training seed with all its scores, or an episode
 * @param strata units by stratum, e.g. episodes by workload; one stratum for training seeds
 * @param statistic gets the units of a resample, stratum after stratum
 * @returns null when there are fewer than three units in all: no interval can be given
 */
export function bootstrapInterval<Unit>(
  strata: readonly (readonly Unit[])[],
  statistic: (units: readonly Unit[]) => number,
  { seed = 0, repetitions = REPETITIONS, confidence = 0.95 }: BootstrapOptions = {},
): Interval | null {
  const count = strata.reduce((sum, units) => sum + units.length, 0);
  if (count < LEAST_UNITS) return null;
  const random = randomStream(seed, "harness/bootstrap");
  const resample = new Array<Unit>(count);
  const results = new Float64Array(repetitions);
  for (let repetition = 0; repetition < repetitions; repetition++) {
    let at = 0;
    for (const units of strata) {
      for (let i = 0; i < units.length; i++) resample[at++] = units[random.integer(units.length)];
    }
    results[repetition] = statistic(resample);
  }
  const tail = (1 - confidence) / 2;
  return { low: quantile(results, tail)!, high: quantile(results, 1 - tail)! };
}

/**
 * Percentile bootstrap of a mean over training seeds and evaluation episodes. The two cross: the policy of every seed
 * played every episode. Each resample draws seeds with replacement, and episodes within their stratum, the same for all
 * seeds. The interval holds for other trainings and other episodes.
 *
 * @param values by seed, then by episode
 * @param strata numbers of the episodes of each stratum, e.g. by workload
 * @returns null when there are fewer than three seeds: no interval can be given
 */
export function crossedInterval(
  values: readonly (readonly number[])[],
  strata: readonly (readonly number[])[],
  { seed = 0, repetitions = REPETITIONS, confidence = 0.95 }: BootstrapOptions = {},
): Interval | null {
  if (values.length < LEAST_UNITS) return null;
  const random = randomStream(seed, "harness/crossed-bootstrap");
  const episodes = values[0].length;
  const weight = new Float64Array(episodes);
  const results = new Float64Array(repetitions);
  for (let repetition = 0; repetition < repetitions; repetition++) {
    weight.fill(0);
    for (const stratum of strata) {
      for (let i = 0; i < stratum.length; i++) weight[stratum[random.integer(stratum.length)]]++;
    }
    let sum = 0;
    for (let i = 0; i < values.length; i++) {
      const own = values[random.integer(values.length)];
      for (let episode = 0; episode < episodes; episode++) sum += weight[episode] * own[episode];
    }
    results[repetition] = sum / (values.length * episodes);
  }
  const tail = (1 - confidence) / 2;
  return { low: quantile(results, tail)!, high: quantile(results, 1 - tail)! };
}

/**
 * Probability that a value of `x` is above a value of `y`: the share of such pairs among all, equal pairs counting half
 * (the Mann-Whitney statistic). For paired differences, give them as `x` and `[0]` as `y`.
 */
export function probabilityOfImprovement(x: readonly number[], y: readonly number[]): number {
  let wins = 0;
  for (const a of x) {
    for (const b of y) {
      if (a > b) wins += 1;
      else if (a === b) wins += 0.5;
    }
  }
  return wins / (x.length * y.length);
}

/**
 * How far scores fall short of `target` on average. A score above counts as `target`, so that a gain in one place does
 * not make up for a loss in another. Less is better; NaN for no scores. Source: Agarwal et al. (2021), gamma -
 * mean(min(score, gamma)).
 */
export function optimalityGap(scores: readonly number[], target = 1): number {
  return target - (mean(scores, (score) => Math.min(score, target)) ?? Number.NaN);
}

/**
 * Performance profile: the share of scores above each of the levels.
 * Source: the score distribution of Agarwal et al. (2021), over all runs and tasks.
 */
export function performanceProfile(scores: readonly number[], levels: readonly number[]): number[] {
  return levels.map((level) => scores.filter((score) => score > level).length / scores.length);
}
