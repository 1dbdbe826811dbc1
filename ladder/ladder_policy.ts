import type { AnyEnv, StepOutcome } from "../gym/env.ts";

/**
 * Feedback to a policy about a block that was evaluated: `struct ml_lib_backpropagation_feedback`, which is empty in
 * the RFC.
 */
export interface Feedback {
  /** Number of the block. */
  readonly block: number;
  /** Mode in which the block ran, in the words of the RFC. */
  readonly mode: string;
  /** Whether the policy's recommendations were carried out in the live run, or only in a copy. */
  readonly applied: boolean;
  /** Probability with which they were to be carried out. */
  readonly propensity: number;
  /** Cost under the policy and under the default, in the unit of the environment. Null if it was not measured. */
  readonly cost: number | null;
  readonly baselineCost: number | null;
  /** Relative advantage over the default; above 0 is better. Null if it was not measured. */
  readonly advantage: number | null;
  /** Whether the recommendations degraded the subsystem. The RFC sends feedback only then; here it is always sent. */
  readonly degraded: boolean;
}

/** Takes part for a policy in one run of a subsystem, live or in a copy. */
export interface LadderPolicyRun {
  /**
   * Returns the recommendation for what the environment shows now, or null if there is none in time. It may return
   * anything: the caller checks it before it is carried out. It does not throw for an error of the other side of a
   * boundary.
   */
  recommend(observation: unknown): unknown;
  /** Carries out a recommendation that was found valid. */
  apply(recommendation: unknown): StepOutcome;
  /** Reports the result of the operation that the recommendation decided, for policies that learn. */
  learn(result: StepOutcome): void;
  /** The run is over, or the policy decides nothing more in it. */
  end(): void;
}

/** A policy as the kernel sees it: it recommends decisions, and learns from feedback. It may run in user space. */
export interface LadderPolicy {
  readonly name: string;
  /**
   * Joins a run that begins now.
   *
   * @param env just reset, at its first decision point
   * @param live false in a copy, whose operations have no consequences
   */
  begin(env: AnyEnv, seed: number, live: boolean): LadderPolicyRun;
  /** Error back-propagation: the value of a block. */
  feedback(feedback: Feedback): void;
  /**
   * Identifies the weights behind the recommendations. Another number begins a new epoch of evidence. 0: unknown. A
   * policy without this number always counts as the same one, also while it learns: its blocks are then evaluated as it
   * plays them.
   */
  readonly weights?: number;
  /** Whether a heartbeat arrived lately. */
  readonly alive: boolean;
  /** Ends the policy and frees what it holds. */
  close(): void;
}
