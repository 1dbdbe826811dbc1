import type { AnyEnv, StepResult } from "../gym/env.ts";

/** What carrying a choice out led to. The observation is there where the next choice needs one. */
export type Applied = Omit<StepResult<unknown, unknown>, "observation"> & { observation?: unknown };

/** What an agent is told of a block that was evaluated: `struct ml_lib_backpropagation_feedback`, which is empty in the RFC. */
export interface Feedback {
  /** Number of the block. */
  readonly block: number;
  /** Mode in which it ran, as the RFC names it. */
  readonly mode: string;
  /** Whether the agent's recommendations were carried out in the live run, or in a copy only. */
  readonly applied: boolean;
  /** Probability with which they were to be carried out. */
  readonly propensity: number;
  /** Cost under the agent and under the default, in the environment's unit; null for what was not measured. */
  readonly cost: number | null;
  readonly baselineCost: number | null;
  /** Relative advantage over the default, above 0 is better; null where it was not measured. */
  readonly advantage: number | null;
  /** Whether the recommendations degraded the subsystem: the RFC asks for feedback then, here it always comes. */
  readonly degraded: boolean;
}

/** An agent's part in one run of a subsystem, live or in a copy. */
export interface LadderPolicyRun {
  /**
   * The recommendation for what the environment shows now, or null when there is none in time. Anything may come back: whoever
   * asks checks it before it is carried out. Does not throw for what the other side of a boundary did wrong.
   */
  recommend(observation: unknown): unknown;
  /** Carries a recommendation out that was found to be valid. */
  apply(recommendation: unknown): Applied;
  /** Tells what the operation led to that its recommendation decided, for agents that learn. */
  learn(result: Applied): void;
  /** The run is over, or others decide in it from now on. */
  end(): void;
}

/** The agent in user space, seen from the kernel: it advises, and learns from what came of it. */
export interface LadderPolicy {
  readonly name: string;
  /**
   * Takes part in a run that begins now.
   *
   * @param env just reset, at its first decision point
   * @param live false in a copy, whose operations nobody lives with
   */
  begin(env: AnyEnv, seed: number, live: boolean): LadderPolicyRun;
  /** Error back-propagation: what a block was worth. */
  feedback(feedback: Feedback): void;
  /**
   * Which policy its recommendations come from: another number begins a new epoch of evidence. 0: none is known. An
   * agent without one counts as one and the same, also while it learns: its blocks are then evaluated as it plays them.
   */
  readonly weights?: number;
  /** Whether it was heard of lately: its heartbeat. */
  readonly alive: boolean;
  /** Ends it. */
  close(): void;
}
