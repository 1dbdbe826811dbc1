import { hasKernel } from "../../envs/kernel_env.ts";
import type { AnyEnv } from "../../gym/env.ts";
import { meanReward } from "../../gym/rows.ts";
import type { Policy } from "./policy.ts";

/** Results of one episode. */
export interface EpisodeResult {
  /** Cost in the unit that the environment documents; null for environments without a kernel. */
  cost: number | null;
  /** Sum of rewards; in an environment of several rows the sum of each step's mean over the rows. */
  return: number;
  /** Environment steps. */
  steps: number;
  /** Mean time of a decision, microseconds. */
  decisionMicroseconds: number;
  /** All metrics of the subsystem; empty for environments without a kernel. */
  metrics: Record<string, number>;
}

/**
 * Plays one episode to its end. Pass environments with a kernel unwrapped: without a time limit they run until all work
 * is done, so that costs compare. Pass others with their time limit. `makeForPlay` makes both.
 *
 * @param options options of `env.reset`; they override the options of the policy
 */
export function playEpisode(
  env: AnyEnv,
  policy: Policy,
  seed: number,
  options: Record<string, unknown> = {},
): EpisodeResult {
  let observation: unknown = env.reset({ seed, options: { ...policy.options, ...options } }).observation;
  const turn = policy.begin(env, seed);
  let total = 0;
  let steps = 0;
  let milliseconds = 0;
  for (;;) {
    const start = performance.now();
    const choice = turn.decide(observation);
    milliseconds += performance.now() - start;
    const result = turn.apply(choice);
    observation = result.observation;
    total += meanReward(result.reward);
    steps++;
    if (result.terminated || result.truncated) break;
  }
  const kernelEnv = hasKernel(env.unwrapped) ? env.unwrapped : null;
  return {
    cost: kernelEnv === null ? null : kernelEnv.cost,
    return: total,
    steps,
    decisionMicroseconds: (1000 * milliseconds) / steps,
    metrics: kernelEnv === null ? {} : kernelEnv.metrics(),
  };
}
