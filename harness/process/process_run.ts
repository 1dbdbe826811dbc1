import type { AnyEnv, StepOutcome } from "../../gym/env.ts";
import { meanReward } from "../../gym/rows.ts";
import type { LadderPolicyRun } from "../../ladder/ladder_policy.ts";

/** A decision point as a run sees it. */
export interface Question {
  /** Number of the run. */
  run: number;
  /** Whether nothing was asked in this run before. */
  first: boolean;
  live: boolean;
  /** Since the last question of this run; NaN when no recommendation decided since. */
  reward: number;
  /** Whether the task itself has ended. */
  terminated: boolean;
  /** As the environment shows it. */
  observation: unknown;
  mask: Uint8Array | null;
}

/** Takes questions to an agent. */
export interface QuestionLine {
  /** The answer, or null for none in time. */
  ask(question: Question): unknown;
  /** The run is over. */
  tell(question: Question): void;
}

/** The part of an agent in another process in one run: what an operation earned goes with the next question. */
export class ProcessRun implements LadderPolicyRun {
  readonly #env: AnyEnv;
  readonly #line: QuestionLine;
  readonly #question: Question;

  /** @param run its number, another one than that of any run that goes on at the same time */
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
