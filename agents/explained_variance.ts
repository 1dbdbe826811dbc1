/**
 * 1 - Var(returns - values) / Var(returns): 1 for a perfect critic, 0 for a critic that predicts the mean. null when
 * the returns do not vary.
 */
export function explainedVariance(values: Float32Array, returns: Float32Array): number | null {
  const variance = (of: (i: number) => number) => {
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < values.length; i++) {
      sum += of(i);
      squares += of(i) ** 2;
    }
    return squares / values.length - (sum / values.length) ** 2;
  };
  const total = variance((i) => returns[i]);
  return total > 0 ? 1 - variance((i) => returns[i] - values[i]) / total : null;
}
