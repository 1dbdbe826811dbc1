import { hasKernel } from "../../envs/kernel_env.ts";
import type { AnyEnv } from "../../gym/env.ts";
import { meanReward } from "../../gym/rows.ts";
import type { Policy } from "./policy.ts";

/** How one episode went. */
export interface EpisodeResult {
  /** In the unit of the environment's documentation; null for environments without a kernel. */
  cost: number | null;
  /** Sum of rewards; with several rows the mean over rows. */
  return: number;
  steps: number;
  /** Mean time of a decision, microseconds. */
  decisionMicroseconds: number;
  /** Every figure of the subsystem; empty for environments without a kernel. */
  metrics: Record<string, number>;
}

/**
 * Plays one episode to its end. Give environments with a kernel unwrapped, so that they always run until their work is
 * done and costs compare; others with their time limit.
 *
 * @param options of `env.reset`, over those that the policy brings with it
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
  const kernelEnv = hasKernel(env) ? env : null;
  return {
    cost: kernelEnv === null ? null : kernelEnv.cost,
    return: total,
    steps,
    decisionMicroseconds: (1000 * milliseconds) / steps,
    metrics: kernelEnv === null ? {} : kernelEnv.metrics(),
  };
}
