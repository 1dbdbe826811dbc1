import type { AnyEnv } from "../../gym/env.ts";
import type { Feedback, LadderPolicy, LadderPolicyRun } from "../../ladder/ladder_policy.ts";
import type { OnlineModel } from "../online/online_model.ts";
import type { Problem } from "../problems/problem.ts";

/**
 * A policy that knows nothing at the start and learns from its own operations while the subsystem runs, live or in a
 * copy. Its only prior knowledge is the problem's `online` model: the set of actions, bad ones among them; the columns
 * of the observation that are its features; and how long an action takes to show its effect. It ignores the feedback on
 * blocks.
 *
 * The same seed, and the same runs in the same order, give the same choices.
 */
export class OnlineLearner implements LadderPolicy {
  readonly name = "online";
  #alive = true;
  readonly #model: OnlineModel;

  /** @param seed seed of the order in which it tries actions of which it knows nothing */
  constructor(problem: Problem, seed: number) {
    this.#model = problem.online(seed);
  }

  begin(env: AnyEnv, _seed: number, _live: boolean): LadderPolicyRun {
    const turn = this.#model.begin(env);
    return {
      recommend: (observation) => turn.choose(observation as Float32Array),
      apply: (recommendation) => env.step(recommendation),
      learn: (result) => turn.learn(result),
      end: () => turn.end(),
    };
  }

  /** Does nothing: it has already learned from every operation. */
  feedback(_feedback: Feedback): void {}

  get alive(): boolean {
    return this.#alive;
  }

  close(): void {
    this.#alive = false;
  }
}
