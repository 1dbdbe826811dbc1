/** A distribution, given by its inverse: the value below which a given share of all values lies. */
export interface QuantileFunction {
  /** `[knots]` shares, ascending from 0 to 1. */
  readonly shares: Float64Array;
  /** `[knots]` logarithms of the values at the knots, ascending. */
  readonly logs: Float64Array;
  /**
   * Power of the interpolation between two knots: 1 is linear in the logarithm; a smaller power gives more of the
   * greater values.
   */
  readonly power: number;
}

/** Steps of the numerical mean between two knots. Source: choice. */
const STEPS = 64;

/**
 * The power is searched from 1/64 to 64. Source: choice; beyond this range, the mean changes by less than the error of
 * the steps.
 */
const MAX_LOG2_POWER = 6;
const HALVINGS = 40;

/**
 * Fits the distribution through the knots that has mean `mean`, or the closest mean that the knots allow. The power is
 * searched when it is first read: catalogs hold many distributions that a run never draws from.
 *
 * @param knots (share, value): shares ascending from 0 to 1, values positive and ascending
 * @throws RangeError if they are not
 */
export function quantileFunction(knots: readonly (readonly [number, number])[], mean: number): QuantileFunction {
  const { shares, logs } = straightQuantiles(knots);
  let power = Number.NaN;
  return {
    shares,
    logs,
    get power() {
      if (Number.isNaN(power)) power = searchPower(shares, logs, mean);
      return power;
    },
  };
}

function searchPower(shares: Float64Array, logs: Float64Array, mean: number): number {
  let low = -MAX_LOG2_POWER;
  let high = MAX_LOG2_POWER;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (meanOf({ shares, logs, power: 2 ** middle }) > mean) low = middle;
    else high = middle;
  }
  return 2 ** ((low + high) / 2);
}

/**
 * The distribution that interpolates linearly in the logarithm between the knots.
 *
 * @param knots as for `quantileFunction`
 */
export function straightQuantiles(knots: readonly (readonly [number, number])[]): QuantileFunction {
  const shares = Float64Array.from(knots, ([share]) => share);
  const logs = Float64Array.from(knots, ([, value]) => Math.log(value));
  if (knots.length < 2 || shares[0] !== 0 || shares[shares.length - 1] !== 1) {
    throw new RangeError(`quantiles must reach from 0 to 1, got ${shares.join(", ")}`);
  }
  for (let i = 0; i < knots.length; i++) {
    const ascending = i === 0 || (shares[i] > shares[i - 1] && logs[i] >= logs[i - 1]);
    if (!(knots[i][1] > 0 && ascending)) throw new RangeError(`quantiles must be positive and ascending: ${knots[i]}`);
  }
  return { shares, logs, power: 1 };
}

/** The value at quantile `share`. */
export function interpolate({ shares, logs, power }: QuantileFunction, share: number): number {
  let after = 1;
  while (after < shares.length - 1 && shares[after] < share) after++;
  const way = (share - shares[after - 1]) / (shares[after] - shares[after - 1]);
  return Math.exp(logs[after - 1] + (logs[after] - logs[after - 1]) * Math.min(1, Math.max(0, way)) ** power);
}

/** Mean of the distribution. */
export function meanOf(distribution: QuantileFunction): number {
  const { shares } = distribution;
  let mean = 0;
  for (let i = 1; i < shares.length; i++) {
    const width = shares[i] - shares[i - 1];
    for (let step = 0; step < STEPS; step++) {
      mean += (interpolate(distribution, shares[i - 1] + (width * (step + 0.5)) / STEPS) * width) / STEPS;
    }
  }
  return mean;
}
