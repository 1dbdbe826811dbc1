/** One rollout: `steps` x `samples` numbers each, step-major. */
export interface Rollout {
  rewards: Float32Array;
  /** The critic's value of each observation. */
  values: Float32Array;
  /**
   * The critic's value of what followed each step: 0 after a termination, the value of the *final* observation after a
   * truncation, else the value of the next observation.
   */
  nextValues: Float32Array;
  /** 1 where the episode ended with this step, by termination or truncation. */
  ended: Uint8Array;
}

/**
 * Generalised advantage estimation (Schulman et al. 2016, equation 16), where a truncated episode is worth its final
 * observation's value: somebody stopped looking, the task went on.
 *
 * @param samples numbers of one step; step t of sample i stands at `t * samples + i`
 * @param advantages receives the advantages; the returns are `advantages + values`
 */
export function generalisedAdvantages(
  rollout: Rollout,
  samples: number,
  gamma: number,
  lambda: number,
  advantages: Float32Array,
): void {
  const { rewards, values, nextValues, ended } = rollout;
  for (let i = 0; i < samples; i++) {
    let advantage = 0;
    for (let at = rewards.length - samples + i; at >= 0; at -= samples) {
      const delta = rewards[at] + gamma * nextValues[at] - values[at];
      advantage = delta + (ended[at] ? 0 : gamma * lambda * advantage);
      advantages[at] = advantage;
    }
  }
}
