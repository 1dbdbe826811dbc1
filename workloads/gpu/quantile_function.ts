/** A distribution given by its inverse: which value has that share of all below it. */
export interface QuantileFunction {
  /** `[knots]` shares, ascending from 0 to 1. */
  readonly shares: Float64Array;
  /** `[knots]` logarithms of the values there, ascending. */
  readonly logs: Float64Array;
  /** Power of the way between two knots: 1 is straight in the logarithm; less is more of the greater values. */
  readonly power: number;
}

/** Steps of the sum that takes the mean between two knots. Source: choice. */
const STEPS = 64;

/** The power is sought from 1/64 to 64. Source: choice; beyond, the mean changes by less than the steps make wrong. */
const MAX_LOG2_POWER = 6;
const HALVINGS = 40;

/**
 * The distribution that goes through the knots and has that mean, or comes as close to it as the knots allow.
 *
 * @param knots (share, value), shares ascending from 0 to 1, values positive and ascending
 * @throws RangeError when they are not
 */
export function quantileFunction(knots: readonly (readonly [number, number])[], mean: number): QuantileFunction {
  const { shares, logs } = straightQuantiles(knots);
  let low = -MAX_LOG2_POWER;
  let high = MAX_LOG2_POWER;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (meanOf({ shares, logs, power: 2 ** middle }) > mean) low = middle;
    else high = middle;
  }
  return { shares, logs, power: 2 ** ((low + high) / 2) };
}

/**
 * The distribution that goes straight, in the logarithm, from knot to knot.
 *
 * @param knots as of `quantileFunction`
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

/** The value below which a share of all is. */
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
