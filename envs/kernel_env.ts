import type { AnyEnv, Env, StepOutcome } from "../gym/env.ts";
import type { Subsystem } from "../kernel/subsystem.ts";

/**
 * An environment around a kernel subsystem. Beside actions it takes the subsystem's own decisions, so that a heuristic
 * and an agent run through the same step, the same charges and the same reward.
 *
 * @typeParam Kernel the subsystem
 * @typeParam Decision what a heuristic decides
 * @typeParam Reward number with one row, Float32Array with several
 */
export interface KernelEnv<
  Kernel extends AnySubsystem = AnySubsystem,
  Decision = unknown,
  Act = unknown,
  Reward = number,
> extends Env<Float32Array, Act, Reward> {
  /** The subsystem of the episode that is running. Its view is what heuristics see. */
  readonly kernel: Kernel;
  /**
   * The same step as `step`, with a decision of the subsystem instead of an action. The observation is made for those who
   * ask for it with `observe`: heuristics look at the kernel's view.
   */
  decide(decision: Decision): StepOutcome<Reward>;
  /** Cost since `reset`, what scores compare; the environment's documentation says in which unit. */
  readonly cost: number;
  /**
   * Cost that one unit of reward stands for in the running episode: for every policy, return x this + cost is the same. null
   * where rewards are there to learn from and add up to something else.
   */
  readonly costPerReward: number | null;
  /** Every figure of the subsystem since `reset`, by name. */
  metrics(): Record<string, number>;
  /** Name of the workload of the episode that is running. */
  readonly workload: string;
  /**
   * Kind of machine the running episode is on, by which results are told apart beside the workload; null where there is one
   * kind.
   */
  readonly condition: string | null;
}

// biome-ignore lint/suspicious/noExplicitAny: any subsystem; its parameters are known where it is made.
export type AnySubsystem = Subsystem<any, any, any, any>;

/**
 * Whether the environment is a `KernelEnv`. A wrapped one is not: `env.unwrapped` is the environment under the wrappers.
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
