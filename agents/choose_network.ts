import { Box, Discrete, type Space } from "../gym/spaces.ts";
import type { NetworkConfig } from "./network.ts";

/** The hyperparameters that choose the network. */
export interface NetworkChoice {
  /** `mlp` reads the whole observation; `scorer` reads each action's features, with shared weights. */
  network: "mlp" | "scorer";
  /** Sizes of the hidden layers. */
  hidden: readonly number[];
  /** Whether there is a critic, and whether it shares the weights of the policy. */
  value: "none" | "shared" | "separate";
}

/**
 * The network architecture for these hyperparameters and spaces.
 *
 * @throws RangeError when a scorer is chosen, unless observations are Box [A, F] (F features for each action) and
 *   actions are Discrete(A); and when a scorer should share its weights with the critic
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

/** Whether observations are Box [A, F], F features for each action, and actions are Discrete(A). */
export function hasActionFeatures(observationSpace: Space<unknown>, actionSpace: Space<unknown>): boolean {
  const shape = observationSpace instanceof Box ? observationSpace.shape : [];
  return actionSpace instanceof Discrete && shape.length === 2 && shape[0] === actionSpace.n;
}
