import type { AnyEnv, Env, StepOutcome } from "../gym/env.ts";
import type { Subsystem } from "../kernel/subsystem.ts";

/**
 * An environment around a kernel subsystem. Besides actions, it accepts the subsystem's own decisions. So heuristics
 * and trained policies go through the same step, pay the same charges and get the same reward.
 *
 * @typeParam Kernel the subsystem
 * @typeParam Decision a decision of the subsystem, as heuristics make it
 * @typeParam Reward number with one row, Float32Array with several
 */
export interface KernelEnv<
  Kernel extends AnySubsystem = AnySubsystem,
  Decision = unknown,
  Act = unknown,
  Reward = number,
> extends Env<Float32Array, Act, Reward> {
  /** The subsystem. Heuristics see its view. */
  readonly kernel: Kernel;
  /**
   * Takes the same step as `step`, but with a decision of the subsystem instead of an action. It does not compute an
   * observation, because heuristics look at the kernel's view; `observe` computes one.
   */
  decide(decision: Decision): StepOutcome<Reward>;
  /** Cost since the reset. Scores compare costs. The documentation of the environment says the unit. */
  readonly cost: number;
  /**
   * Cost of one unit of reward in the current episode: `return x costPerReward + cost` is the same for every policy.
   * null where rewards are only for learning and do not add up to the cost.
   */
  readonly costPerReward: number | null;
  /** All metrics of the subsystem since the reset, by name. */
  metrics(): Record<string, number>;
  /** Name of the workload of the current episode. */
  readonly workload: string;
  /** Kind of machine of the current episode, by which results are grouped; null where there is only one kind. */
  readonly condition: string | null;
}

// biome-ignore lint/suspicious/noExplicitAny: any subsystem; the environment that makes it knows its parameters.
export type AnySubsystem = Subsystem<any, any, any, any>;

/**
 * Whether the environment is a `KernelEnv`. A wrapped environment is not: use `env.unwrapped`.
 */
export function hasKernel(env: AnyEnv): env is KernelEnv {
  return "kernel" in env && "decide" in env;
}

/**
 * The same environment as a `KernelEnv`.
 *
 * @throws TypeError when the environment has no kernel, or when wrappers hide it
 */
export function kernelEnvOf(env: AnyEnv): KernelEnv {
  if (hasKernel(env)) return env;
  const hidden = hasKernel(env.unwrapped) ? "wrappers hide its kernel; pass env.unwrapped" : "it has no kernel";
  throw new TypeError(`${env.spec.id} must be an environment around a kernel, but ${hidden}`);
}
