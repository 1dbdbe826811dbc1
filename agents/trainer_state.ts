import type { Adam } from "./adam.ts";
import { type Arrays, requireArray } from "./artifact.ts";
import type { Trainer, TrainingIdentity } from "./trainer.ts";

/** What a training must share with another for one to go on from the other's state. */
export function identityOf(
  { agent, totalSteps, options }: Pick<Trainer, "agent" | "totalSteps" | "options">,
  env: string,
  seed: number,
): TrainingIdentity {
  return { agent, env, seed, totalSteps, options: { ...options } };
}

/** Copies of the weights and the optimiser's memory, as a training's state holds them, and the optimiser's steps. */
export function weightState(parameters: Float32Array, adam: Adam): { arrays: Arrays; adamSteps: number } {
  const { mean, square, steps } = adam.state();
  return { arrays: { parameters: parameters.slice(), adamMean: mean, adamSquare: square }, adamSteps: steps };
}

/**
 * Takes weights and the optimiser's memory from a training's state.
 *
 * @param trained parameters that the optimiser moves: the first so many
 * @throws RangeError when an array is missing or of another length
 */
export function restoreWeights(
  { arrays, adamSteps }: { arrays: Arrays; adamSteps: number },
  parameters: Float32Array,
  adam: Adam,
  trained = parameters.length,
): void {
  parameters.set(requireArray(arrays, "parameters", parameters.length, "state"));
  adam.restore({
    steps: adamSteps,
    mean: requireArray(arrays, "adamMean", trained, "state"),
    square: requireArray(arrays, "adamSquare", trained, "state"),
  });
}
