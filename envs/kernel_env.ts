import type { Env, StepResult } from "../gym/env.ts";

/**
 * An environment around a kernel subsystem. Beside actions it takes the subsystem's own decisions, so that a
 * heuristic and an agent run through the same step, the same charges and the same reward.
 *
 * @typeParam View what a heuristic sees
 * @typeParam Decision what a heuristic decides
 */
export interface KernelEnv<View, Decision, Act = Float32Array> extends Env<Float32Array, Act> {
  /** What the kernel can see now; reused by the next step. */
  readonly view: View;
  /** The same step as `step`, with a decision of the subsystem instead of an action. */
  decide(decision: Decision): StepResult<Float32Array>;
  /** Cost since `reset`; what scores compare. The environment's documentation says in which unit. */
  readonly cost: number;
  /** Every figure of the subsystem since `reset`, by name. */
  metrics(): Record<string, number>;
  /** The certified bound on `cost` for the episode that is running. */
  bound(): number;
  /** A step of the feasible clairvoyant reference. */
  referenceStep(): StepResult<Float32Array>;
  /** Name of the workload of the episode that is running. */
  readonly workload: string;
}
