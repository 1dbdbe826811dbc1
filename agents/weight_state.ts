import type { Adam } from "./adam.ts";
import { type Arrays, requireArray } from "./artifact.ts";

/** Weights and the optimiser's memory, as a training's state holds them. */
export interface WeightState {
  counters: Record<string, number>;
  arrays: Arrays;
}

/** Copies of the weights and the optimiser's memory, as a training's state holds them, and the optimiser's steps. */
export function weightState(parameters: Float32Array, adam: Adam): WeightState {
  const { mean, square, steps } = adam.state();
  return {
    counters: { adamSteps: steps },
    arrays: { parameters: parameters.slice(), adamMean: mean, adamSquare: square },
  };
}

/**
 * Takes weights and the optimiser's memory from a training's state.
 *
 * @param trained parameters that the optimiser moves: the first so many
 * @throws RangeError when an array is missing or of another length
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
