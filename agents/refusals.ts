import type { AnyEnv } from "../gym/env.ts";
import { Discrete, MultiBinary, MultiDiscrete } from "../gym/spaces.ts";
import { hasActionFeatures } from "./choose_network.ts";

/**
 * Greatest observation size for rollout policy iteration: each alternative has a matrix of size^2 numbers. Source:
 * choice, 2 MB each.
 */
const MOST_INPUTS = 512;

/** The properties of an environment that decide whether an agent can learn in it. */
export type LearnableEnv = Pick<AnyEnv, "observationSpace" | "actionSpace" | "rows">;

/** Why the contextual bandit cannot learn in an environment; null when it can. */
export function refusalOfBandit({ observationSpace, actionSpace, rows }: LearnableEnv): string | null {
  if (rows !== 1) return `it learns in environments with one row, this one has ${rows}`;
  if (hasActionFeatures(observationSpace, actionSpace)) return null;
  return "it needs observations that describe each of the Discrete actions by a row of features";
}

/** Why rollout policy iteration cannot learn in an environment; null when it can. */
export function refusalOfRollout({ observationSpace, actionSpace }: LearnableEnv): string | null {
  const categorical = [Discrete, MultiDiscrete, MultiBinary].some((kind) => actionSpace instanceof kind);
  if (!categorical)
    return `it plays every alternative ahead and needs categorical actions, this one has ${actionSpace}`;
  if (observationSpace.size <= MOST_INPUTS) return null;
  return `it takes at most ${MOST_INPUTS} numbers of observation, this one has ${observationSpace.size}`;
}
