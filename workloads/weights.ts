/** Zipf's law over `count` ranks: weight of rank r (from 0) is (r + 1)^-exponent, scaled to sum to 1. */
export function zipfWeights(count: number, exponent: number): Float64Array {
  const weights = Float64Array.from({ length: count }, (_, rank) => (rank + 1) ** -exponent);
  return scaleToSum(weights, 1);
}

/** Scales `weights` in place so that they sum to `sum`, and returns them. */
export function scaleToSum(weights: Float64Array, sum: number): Float64Array {
  let total = 0;
  for (const weight of weights) total += weight;
  const scale = sum / total;
  for (let i = 0; i < weights.length; i++) weights[i]! *= scale;
  return weights;
}
