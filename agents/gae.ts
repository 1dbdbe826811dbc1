/** A sample without another of its row in the rollout. */
export const NONE = -1;

/** Such a sample of which it is not known what followed: nothing can be learned from it. */
export const UNKNOWN = -2;

/** One rollout: `count` samples, those of a row in the order in which it decided. */
export interface Rollout {
  count: number;
  /** What the row earned from this decision to its next. */
  rewards: Float32Array;
  /** The critic's value of each observation. */
  values: Float32Array;
  /**
   * The critic's value of what followed each sample: 0 after a termination, the value of the *final* observation after a
   * truncation, else the value of the row's next observation.
   */
  nextValues: Float32Array;
  /** 1 where the episode ended before the row decided again, by termination or truncation. */
  ended: Uint8Array;
  /** The row's next sample, later than this one; `NONE` at the rollout's end, `UNKNOWN` where besides nothing is known of what followed. */
  next: Int32Array;
}

/**
 * Generalised advantage estimation (Schulman et al. 2016, equation 16), where a truncated episode is worth its final
 * observation's value: somebody stopped looking, the task went on. A row is discounted from decision to decision, however
 * many steps lie between.
 *
 * @param advantages receives the advantages; the returns are `advantages + values`
 */
export function generalisedAdvantages(
  { count, rewards, values, nextValues, ended, next }: Rollout,
  gamma: number,
  lambda: number,
  advantages: Float32Array,
): void {
  for (let at = count - 1; at >= 0; at--) {
    if (ended[at] === 0 && next[at] === UNKNOWN) {
      advantages[at] = 0;
      continue;
    }
    const delta = rewards[at] + gamma * nextValues[at] - values[at];
    const later = ended[at] !== 0 || next[at] < 0 ? 0 : advantages[next[at]];
    advantages[at] = delta + gamma * lambda * later;
  }
}
