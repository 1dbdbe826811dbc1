import type { AnyEnv, StepOutcome } from "../../gym/env.ts";

/**
 * A model that learns about an environment while the environment runs. All runs share it, including concurrent ones.
 */
export interface OnlineModel {
  /**
   * Starts to take part in a run.
   *
   * @param env just reset, at its first decision point. The model reads it and never steps it
   */
  begin(env: AnyEnv): OnlineTurn;
}

/** The part that a model takes in one run: it chooses, then learns from the result, until the run ends. */
export interface OnlineTurn {
  /** Chooses an action for the current observation. The action is always legal, and the caller may keep it. */
  choose(observation: Float32Array): unknown;
  /** Learns from the result of the last choice, which has been carried out. */
  learn(result: StepOutcome): void;
  /** Ends the run. The results of choices that are still open stay unknown. */
  end(): void;
}
