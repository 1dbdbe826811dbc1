import { kernelEnvOf } from "../../envs/kernel_env.ts";
import type { AnyEnv } from "../../gym/env.ts";
import { playEpisode } from "../play/episode.ts";
import { heuristicPolicy, type Policy } from "../play/policy.ts";
import type { Problem } from "../problems/problem.ts";

/** What costs are measured against. */
export interface Limits {
  bound: number;
  defaultCost: number;
}

/** What costs in an episode are measured against, and on which kind of machine. */
export interface Yardstick extends Limits {
  condition: string | null;
}

/** The policy whose costs are 0 in scores; null where a problem has no default. */
export function defaultPolicy(problem: Problem): Policy | null {
  const entry = problem.heuristics.find(({ role }) => role === "default");
  return entry === undefined ? null : heuristicPolicy(problem, entry);
}

/**
 * Plays the default and computes the bound.
 *
 * @param env that of the problem
 * @param options of `env.reset`
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
 * The score of a cost; null where the default already costs no more than the bound, so that there is nothing to gain.
 *
 * @param limits of the episode
 * @param pool between which there is the room that counts as 1; by default the episode's own limits
 */
export function scoreOf(cost: number, limits: Limits, pool: Limits = limits): number | null {
  const room = pool.defaultCost - pool.bound;
  return room > 1e-9 * Math.abs(pool.defaultCost) ? (limits.defaultCost - cost) / room : null;
}
