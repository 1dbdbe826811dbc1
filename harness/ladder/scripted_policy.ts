import type { StepOutcome } from "../../gym/env.ts";
import type { Feedback, LadderPolicy, LadderPolicyRun } from "../../ladder/ladder_policy.ts";
import type { Mode } from "../../ladder/states.ts";
import type { Policy } from "../play/policy.ts";

/** What a `ScriptedPolicy` does in a block: plays as somebody, or is silent. */
export type PlayedBy = Policy | "silent";

/**
 * An agent within the process that plays as others do: by block and by what it was told of the mode, so that it can break, fall silent or
 * behave only while it is watched.
 */
export class ScriptedPolicy implements LadderPolicy {
  readonly name: string;
  #block = 0;
  #mode: Mode = "emergency";
  readonly #playedBy: (block: number, mode: Mode) => PlayedBy;

  /** @param playedBy who plays, by number of the block and the mode of the last block it was told of */
  constructor(name: string, playedBy: (block: number, mode: Mode) => PlayedBy) {
    this.name = name;
    this.#playedBy = playedBy;
  }

  /** Says which block comes next. */
  set block(block: number) {
    this.#block = block;
  }

  /** Who plays in the coming block. */
  get policy(): PlayedBy {
    return this.#playedBy(this.#block, this.#mode);
  }

  get alive(): boolean {
    return this.policy !== "silent";
  }

  begin(env: Parameters<LadderPolicy["begin"]>[0], seed: number): LadderPolicyRun {
    const { policy } = this;
    if (policy === "silent") return SILENT;
    const turn = policy.begin(env, seed);
    return {
      recommend: (observation) => turn.decide(observation),
      apply: (recommendation) => turn.apply(recommendation),
      learn() {},
      end() {},
    };
  }

  feedback({ mode }: Feedback): void {
    this.#mode = mode as Mode;
  }

  close(): void {}
}

const SILENT: LadderPolicyRun = {
  recommend: () => null,
  apply: (): StepOutcome => {
    throw new Error("nothing was recommended");
  },
  learn() {},
  end() {},
};
