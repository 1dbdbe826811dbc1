import type { AnyEnv } from "../../gym/env.ts";
import type { Applied } from "../../ladder/ladder_policy.ts";

/** What is learned of an environment while it runs: one for all runs, also those that go on at the same time. */
export interface OnlineModel {
  /**
   * Takes part in a run.
   *
   * @param env just reset, at its first decision point; it is looked at and never stepped
   */
  begin(env: AnyEnv): OnlineTurn;
}

/** A part in one run: choose, then learn from what the choice led to, until the run ends. */
export interface OnlineTurn {
  /** The action for what the environment shows now, always a legal one and the caller's to keep. */
  choose(observation: Float32Array): unknown;
  /** The last choice was carried out, and this is what came of it. */
  learn(result: Applied): void;
  /** Nothing more is known of what was chosen. */
  end(): void;
}
