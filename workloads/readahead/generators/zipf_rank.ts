/**
 * Maps a uniform number in [0, 1) to a rank (from 0, below `count`) under Zipf's law. It inverts the continuous
 * distribution with density x^-exponent on [1, count + 1) and rounds down. Needs no table.
 */
export function zipfRank(uniform: number, count: number, exponent: number): number {
  const limit = count + 1;
  const power = 1 - exponent;
  const x = Math.abs(power) < 1e-9 ? limit ** uniform : (1 + uniform * (limit ** power - 1)) ** (1 / power);
  return Math.min(count - 1, Math.floor(x) - 1);
}
