import type { Adam } from "./adam.ts";
import { type Arrays, requireArray } from "./artifact.ts";

/** The weights and the state of the optimiser, as the state of a training holds them. */
export interface WeightState {
  counters: Record<string, number>;
  arrays: Arrays;
}

/** Copies the weights and the state of the optimiser. */
export function weightState(parameters: Float32Array, adam: Adam): WeightState {
  const { mean, square, steps } = adam.state();
  return {
    counters: { adamSteps: steps },
    arrays: { parameters: parameters.slice(), adamMean: mean, adamSquare: square },
  };
}

/**
 * Restores the weights and the optimiser from the state of a training.
 *
 * @param trained how many of the parameters, from the first on, the optimiser moves
 * @throws ArtifactError when an array is missing or of another length
 */
export function restoreWeights(
  { arrays, counters }: WeightState,
  parameters: Float32Array,
  adam: Adam,
  trained = parameters.length,
): void {
  parameters.set(requireArray(arrays, "parameters", parameters.length, "state"));
  adam.restore({
    steps: counters.adamSteps,
    mean: requireArray(arrays, "adamMean", trained, "state"),
    square: requireArray(arrays, "adamSquare", trained, "state"),
  });
}
