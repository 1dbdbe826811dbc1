/** In `Rollout.next`: the row has no later sample in the rollout. */
export const NONE = -1;

/** In `Rollout.next`: as `NONE`, and what followed is unknown, so that nothing can be learned from the sample. */
export const UNKNOWN = -2;

/**
 * One rollout: the experience between two updates. It has `count` samples; a sample is one decision of one row. The
 * samples of a row are in the order of its decisions.
 */
export interface Rollout {
  count: number;
  /** Sum of the row's rewards from this decision to its next. */
  rewards: Float32Array;
  /** The critic's value of each observation. */
  values: Float32Array;
  /**
   * The critic's value of what followed each sample: 0 after a termination, the value of the *final* observation after
   * a truncation, otherwise the value of the row's next observation.
   */
  nextValues: Float32Array;
  /** 1 when the episode ended, by termination or truncation, before the row decided again. */
  ended: Uint8Array;
  /** Index of the row's next sample, which comes later in the rollout; or `NONE` or `UNKNOWN`. */
  next: Int32Array;
}

/**
 * Generalised advantage estimation (Schulman et al. 2016, equation 16). It bootstraps a truncated episode from the
 * value of its final observation, because the task itself would have gone on. Each row is discounted once per decision,
 * no matter how many steps lie between two decisions.
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
