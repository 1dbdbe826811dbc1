import type { AnyEnv } from "../../gym/env.ts";
import type { Feedback, LadderPolicy, LadderPolicyRun } from "../../ladder/ladder_policy.ts";
import type { OnlineModel } from "../online/online_model.ts";
import type { Problem } from "../problems/problem.ts";

/**
 * An agent that knows nothing at the start and learns from its own operations while the subsystem runs, live or in a copy. All
 * that is built in is what the problem's `online` says: which actions it tells apart, bad ones among them, which numbers of the
 * observation it looks at, and when what an action led to shows. What blocks were worth it is told too, and does not need.
 *
 * One seed and the same runs in the same order give the same choices.
 */
export class OnlineLearner implements LadderPolicy {
  readonly name = "online";
  #alive = true;
  readonly #model: OnlineModel;

  /** @param seed of the order in which it tries what it knows nothing of */
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

  /** Takes no notice: every operation has told it more. */
  feedback(_feedback: Feedback): void {}

  get alive(): boolean {
    return this.#alive;
  }

  close(): void {
    this.#alive = false;
  }
}
