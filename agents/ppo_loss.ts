import type { ActionHead, HeadRow } from "./action_head.ts";

/** One minibatch: `count` samples, one after another in each array. */
export interface Minibatch {
  count: number;
  actions: Float32Array;
  masks: Uint8Array | null;
  /** Log-probabilities of the actions at the time when they were taken. */
  logProbabilities: Float32Array;
  advantages: Float32Array;
  returns: Float32Array;
  /** The critic's values at the time when the actions were taken. */
  values: Float32Array;
}

/** Weights and switches of the loss, see `PpoOptions`. */
export interface LossOptions {
  clipCoef: number;
  clipVloss: boolean;
  entCoef: number;
  vfCoef: number;
}

/** The parts of the loss, and how far the policy has moved. All are means over a minibatch. */
export interface LossParts {
  policyLoss: number;
  valueLoss: number;
  entropy: number;
  /** KL divergence from the old policy, by (ratio - 1) - ln ratio (Schulman 2020): never negative, low variance. */
  approxKl: number;
  /** Share of samples whose probability ratio is outside the clip range. */
  clipfrac: number;
}

/**
 * PPO's loss (Schulman et al. 2017, equation 9, as CleanRL writes it) and its gradient:
 * `policyLoss - entCoef * entropy + vfCoef * valueLoss`, where `policyLoss` has the clipped probability ratio.
 *
 * @param outputs of the network, samples x stride; the last number of each sample is the value
 * @param dOutputs receives the gradient with respect to `outputs`
 * @param dFree the gradient with respect to the head's free parameters is added to it
 */
export function ppoLoss(
  batch: Minibatch,
  head: ActionHead,
  options: LossOptions,
  free: Float32Array,
  outputs: Float32Array,
  dOutputs: Float32Array,
  dFree: Float32Array,
): LossParts {
  const { clipCoef, clipVloss, entCoef, vfCoef } = options;
  const { count, advantages, logProbabilities, returns, values } = batch;
  const stride = outputs.length / count;
  const row: HeadRow = { outputs, offset: 0, free, mask: batch.masks, maskOffset: 0 };
  const parts: LossParts = { policyLoss: 0, valueLoss: 0, entropy: 0, approxKl: 0, clipfrac: 0 };
  const share = 1 / count;
  for (let i = 0; i < count; i++) {
    row.offset = i * stride;
    row.maskOffset = i * head.maskSize;
    head.evaluate(row, batch.actions, i * head.actionSize);

    const logRatio = head.logProbability - logProbabilities[i];
    const ratio = Math.exp(logRatio);
    const advantage = advantages[i];
    const clipped = Math.min(Math.max(ratio, 1 - clipCoef), 1 + clipCoef);
    const unclippedLoss = -advantage * ratio;
    const clippedLoss = -advantage * clipped;
    parts.policyLoss += share * Math.max(unclippedLoss, clippedLoss);
    parts.entropy += share * head.entropy;
    parts.approxKl += share * (ratio - 1 - logRatio);
    parts.clipfrac += Math.abs(ratio - 1) > clipCoef ? share : 0;
    // When the clipped loss is larger, the ratio is outside its range, and the loss is flat.
    const dLogProbability = unclippedLoss >= clippedLoss ? unclippedLoss : 0;
    head.gradient(share * dLogProbability, -share * entCoef, dOutputs, row.offset, dFree);

    const at = row.offset + stride - 1;
    const error = outputs[at] - returns[i];
    let squared = error * error;
    let slope = error;
    if (clipVloss) {
      const move = outputs[at] - values[i];
      const clippedError = values[i] + Math.min(Math.max(move, -clipCoef), clipCoef) - returns[i];
      if (clippedError * clippedError > squared) {
        squared = clippedError * clippedError;
        slope = Math.abs(move) > clipCoef ? 0 : clippedError;
      }
    }
    parts.valueLoss += share * 0.5 * squared;
    dOutputs[at] = share * vfCoef * slope;
  }
  return parts;
}
