import { kernelEnvOf } from "../../envs/kernel_env.ts";
import type { AnyEnv } from "../../gym/env.ts";
import { playEpisode } from "../play/episode.ts";
import { heuristicPolicy, type Policy } from "../play/policy.ts";
import type { Problem } from "../problems/problem.ts";

/** The two costs between which an episode is scored. */
export interface Limits {
  /** Cost that no policy can go below. */
  bound: number;
  /** Cost of the default heuristic. */
  defaultCost: number;
}

/** Limits of an episode, and the kind of machine on which it runs. */
export interface Yardstick extends Limits {
  /** Name of the kind of machine; null where the environment has only one. */
  condition: string | null;
}

/** The policy whose cost has score 0; null where a problem has no default. */
export function defaultPolicy(problem: Problem): Policy | null {
  const entry = problem.heuristics.find(({ role }) => role === "default");
  return entry === undefined ? null : heuristicPolicy(problem, entry);
}

/**
 * Plays the default in an episode and computes the bound of the same episode.
 *
 * @param env environment of the problem, unwrapped
 * @param shipped the default policy
 * @param options options of `env.reset`
 */
export function yardstickOf(
  env: AnyEnv,
  problem: Problem,
  shipped: Policy,
  seed: number,
  options: Record<string, unknown>,
): Yardstick {
  const { cost } = playEpisode(env, shipped, seed, options);
  env.reset({ seed, options });
  const { kernel, condition } = kernelEnvOf(env);
  return { bound: problem.bound(kernel), defaultCost: cost!, condition };
}

/**
 * The score of a cost: 0 at the default's cost and, within the episode's own limits, 1 at the bound. Null where the
 * default costs no more than the bound, so that nothing can be gained.
 *
 * @param limits limits of the episode
 * @param pool limits whose difference counts as 1; by default those of the episode
 */
export function scoreOf(cost: number, limits: Limits, pool: Limits = limits): number | null {
  const room = pool.defaultCost - pool.bound;
  return room > 1e-9 * Math.abs(pool.defaultCost) ? (limits.defaultCost - cost) / room : null;
}
