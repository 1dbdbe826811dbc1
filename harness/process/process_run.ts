import type { AnyEnv, StepOutcome } from "../../gym/env.ts";
import { meanReward } from "../../gym/rows.ts";
import type { LadderPolicyRun } from "../../ladder/ladder_policy.ts";

/** A question to the policy: a decision point of a run. */
export interface Question {
  /** Number of the run. */
  run: number;
  /** Whether it is the first question of the run. */
  first: boolean;
  live: boolean;
  /** Reward since the last question of this run; NaN if no recommendation has been applied since. */
  reward: number;
  /** Whether the task itself has ended. */
  terminated: boolean;
  /** The observation of the environment. */
  observation: unknown;
  mask: Uint8Array | null;
}

/** Sends questions to a policy. */
export interface QuestionLine {
  /** The answer, or null if none came in time. */
  ask(question: Question): unknown;
  /** Tells that the run is over. */
  tell(question: Question): void;
}

/** One run of a policy in another process. The reward of an operation goes with the next question. */
export class ProcessRun implements LadderPolicyRun {
  readonly #env: AnyEnv;
  readonly #line: QuestionLine;
  readonly #question: Question;

  /** @param run its number, different from those of all runs at the same time */
  constructor(env: AnyEnv, run: number, live: boolean, line: QuestionLine) {
    this.#env = env;
    this.#line = line;
    this.#question = { run, first: true, live, reward: NaN, terminated: false, observation: null, mask: null };
  }

  recommend(observation: unknown): unknown {
    const question = this.#question;
    question.observation = observation;
    question.mask = this.#env.actionMask();
    const answer = this.#line.ask(question);
    question.first = false;
    question.reward = NaN;
    return answer;
  }

  apply(recommendation: unknown): StepOutcome {
    return this.#env.step(recommendation);
  }

  learn({ reward, terminated }: StepOutcome): void {
    const before = this.#question.reward;
    this.#question.reward = (Number.isNaN(before) ? 0 : before) + meanReward(reward);
    this.#question.terminated = terminated;
  }

  end(): void {
    if (!this.#question.first) this.#line.tell(this.#question);
  }
}
