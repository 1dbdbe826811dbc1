/**
 * A draw from the normal distribution with mean 0 and variance 1 (Box-Muller, one of the pair).
 *
 * @param first uniform in [0, 1)
 * @param second uniform in [0, 1), independent of `first`
 */
export function normalDraw(first: number, second: number): number {
  // 1 - first keeps the argument of the logarithm above 0.
  return Math.sqrt(-2 * Math.log(1 - first)) * Math.cos(2 * Math.PI * second);
}
