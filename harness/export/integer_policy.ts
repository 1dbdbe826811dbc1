import { clamp, MOST_VALUE } from "./fixed_point.ts";

/** A feature as an exported policy reads it. */
export interface FixedFeature {
  /** What it is, with its unit. */
  name: string;
  /** Fractional bits: the caller passes the value times 2^shift, rounded. */
  shift: number;
  /** Range to which the policy saturates it, times 2^shift. Equal ends: the policy does not read it. */
  low: number;
  high: number;
  /** Whether all candidates of a decision have the same value: the policy reads that of the first allowed one. */
  shared: boolean;
  /** Range that was recorded, in its own unit. */
  recorded: { low: number; high: number };
}

/** What an exported policy puts out. */
export type FixedAction =
  | {
      kind: "box";
      /** Fractional bits of the action. */
      shift: number;
      /** Bounds times 2^shift; null where there is none. */
      low: readonly (number | null)[];
      high: readonly (number | null)[];
    }
  | {
      kind: "choices";
      /** Number of alternatives of each choice. */
      counts: readonly number[];
      /** Number of the first alternative. */
      start: number;
    };

/** A layer of integers. Output j is `biases[j] + sum of inputs[i] x weights[i x outputs + j]`, then shifted right. */
export interface IntegerLayer {
  inputs: number;
  outputs: number;
  /** `inputs` x `outputs`, row-major. */
  weights: Int16Array;
  /** They include half of the last bit that the shift drops, so that the shift rounds. */
  biases: Int32Array;
  /** Bits that are shifted out, for each output. */
  shifts: Uint8Array;
}

/** What all exported policies have, whatever they compute inside. */
export interface FixedInterface {
  /** Features of a row, or of an action where the observation is a matrix with a line for each action. */
  features: readonly FixedFeature[];
  /** Lines of the matrix of features; 1 where there is no matrix. */
  candidates: number;
  /** Entries of the mask, which stands behind the features; 0 for none. */
  maskSize: number;
  action: FixedAction;
}

/** A network in integers. */
export interface IntegerNetwork extends FixedInterface {
  kind: "network";
  /** Hidden layers, whose outputs saturate to 0 to 32767, then the last one. */
  layers: readonly IntegerLayer[];
}

/** Length of the features that a policy reads, with the mask. */
export function inputsOf({
  features,
  candidates,
  maskSize,
}: Pick<FixedInterface, "features" | "candidates" | "maskSize">): number {
  return candidates * features.length + maskSize;
}

/** Length of an action. */
export function actionsOf({ action }: Pick<FixedInterface, "action">): number {
  return action.kind === "box" ? action.low.length : action.counts.length;
}

/** Whether a policy reads a feature: one that was always the same is folded into the biases. */
export function isRead({ low, high }: FixedFeature): boolean {
  return low !== high;
}

/** The numbers of a network: weights and biases. */
export function weightsOf({ layers }: { layers: readonly Record<"weights" | "biases", ArrayLike<number>>[] }): number {
  return layers.reduce((sum, { weights, biases }) => sum + weights.length + biases.length, 0);
}

/**
 * The features that a policy reads, saturated, of a candidate.
 *
 * @param first the first allowed candidate
 */
export function saturate(
  features: readonly FixedFeature[],
  values: ArrayLike<number>,
  candidate = 0,
  first = candidate,
): Int32Array {
  const saturated: number[] = [];
  for (const [i, feature] of features.entries()) {
    if (!isRead(feature)) continue;
    const line = feature.shared ? first : candidate;
    saturated.push(clamp(values[line * features.length + i], feature.low, feature.high));
  }
  return Int32Array.from(saturated);
}

/** The sums of a layer before they are shifted. */
export function sumsOf({ inputs, outputs, weights, biases }: IntegerLayer, x: Int32Array): Int32Array {
  const sums = biases.slice();
  for (let i = 0; i < inputs; i++) {
    if (x[i] === 0) continue;
    for (let j = 0; j < outputs; j++) sums[j] += x[i] * weights[i * outputs + j];
  }
  return sums;
}

/** The outputs of a hidden layer. */
export function activate(sums: Int32Array, shifts: Uint8Array): Int32Array {
  return sums.map((sum, j) => (sum < 0 ? 0 : Math.min(sum >> shifts[j], MOST_VALUE)));
}

/**
 * Decides as the exported C does, bit by bit.
 *
 * @param values features, then the mask
 * @param action receives the action
 * @returns 0, or -1 when the mask forbids every alternative of a choice
 */
export function decideInIntegers(network: IntegerNetwork, values: ArrayLike<number>, action: Int32Array): number {
  const { features, candidates, layers, maskSize, action: head } = network;
  const scores: number[] = [];
  const mask = candidates * features.length;
  const isScorer = candidates > 1;
  let firstAllowed = -1;
  for (let candidate = 0; candidate < candidates; candidate++) {
    if (isScorer && values[mask + candidate] === 0) {
      scores.push(0);
      continue;
    }
    if (firstAllowed < 0) firstAllowed = candidate;
    let x = saturate(features, values, candidate, firstAllowed);
    for (const [i, layer] of layers.entries()) {
      const sums = sumsOf(layer, x);
      if (i + 1 < layers.length) x = activate(sums, layer.shifts);
      else scores.push(...sums.map((sum, j) => sum >> layer.shifts[j]));
    }
  }
  if (head.kind === "box") {
    for (const [i, score] of scores.entries()) {
      action[i] = clamp(score, head.low[i] ?? Number.NEGATIVE_INFINITY, head.high[i] ?? Number.POSITIVE_INFINITY);
    }
    return 0;
  }
  let first = 0;
  let result = 0;
  for (const [choice, count] of head.counts.entries()) {
    let best = -1;
    for (let i = first; i < first + count; i++) {
      const legal = maskSize === 0 || values[mask + i] !== 0;
      if (legal && (best < 0 || scores[i] > scores[best])) best = i;
    }
    if (best < 0) {
      best = first;
      result = -1;
    }
    action[choice] = head.start + best - first;
    first += count;
  }
  return result;
}
