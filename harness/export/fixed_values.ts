import { toFixed } from "./fixed_point.ts";
import { type FixedInterface, inputsOf } from "./integer_policy.ts";
import type { Recording } from "./recording.ts";

/** What an exported policy is given for a recorded decision: the features in fixed point, then the mask. */
export function fixedValues(
  shape: Pick<FixedInterface, "features" | "candidates" | "maskSize">,
  { observations, masks, size }: Recording,
  decision: number,
): Int32Array {
  const { features, candidates, maskSize } = shape;
  const values = new Int32Array(inputsOf(shape));
  for (let i = 0; i < size; i++) {
    values[i] = toFixed(observations[decision * size + i], features[i % features.length].shift);
  }
  for (let i = 0; i < maskSize; i++) values[candidates * features.length + i] = masks[decision * maskSize + i];
  return values;
}
