import { Box, Discrete, type Space } from "../gym/spaces.ts";
import type { NetworkConfig } from "./network.ts";

/** Hyperparameters that decide on the network. */
export interface NetworkChoice {
  /** Which network: over the whole observation, or over each action's features with shared weights. */
  network: "mlp" | "scorer";
  /** Sizes of the hidden layers. */
  hidden: readonly number[];
  /** Where the critic is, if there is one. */
  value: "none" | "shared" | "separate";
}

/**
 * The architecture that the hyperparameters ask for, for these spaces.
 *
 * @throws RangeError when a scorer is asked for and the observation is not a Box of one row of features for each action
 * of a Discrete space, or when it should share its weights with the critic
 */
export function chooseNetwork(
  { network, hidden, value }: NetworkChoice,
  observationSpace: Space<unknown>,
  actionSpace: Space<unknown>,
): NetworkConfig {
  if (network === "mlp") {
    return { kind: "mlp", hidden: [...hidden], value };
  }
  if (value === "shared") {
    throw new RangeError('network "scorer" cannot share its weights with the critic: value must be "separate"');
  }
  if (!hasActionFeatures(observationSpace, actionSpace)) {
    throw new RangeError(
      `network "scorer" needs a Box of shape [A, F], one row of F features for each of the actions Discrete(A), got ${observationSpace} and ${actionSpace}`,
    );
  }
  return { kind: "scorer", hidden: [...hidden], value, features: (observationSpace as Box).shape[1] };
}

/** Whether an observation has one row of features for each of a Discrete space's actions. */
export function hasActionFeatures(observationSpace: Space<unknown>, actionSpace: Space<unknown>): boolean {
  const shape = observationSpace instanceof Box ? observationSpace.shape : [];
  return actionSpace instanceof Discrete && shape.length === 2 && shape[0] === actionSpace.n;
}
