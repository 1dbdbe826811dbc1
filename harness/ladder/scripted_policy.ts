import type { StepOutcome } from "../../gym/env.ts";
import type { Feedback, LadderPolicy, LadderPolicyRun } from "../../ladder/ladder_policy.ts";
import type { Mode } from "../../ladder/states.ts";
import type { Policy } from "../play/policy.ts";

/** What a `ScriptedPolicy` does in a block: it plays as a policy, or gives no answer. */
export type PlayedBy = Policy | "silent";

/**
 * A policy that plays as other policies. Which, depends on the block and on the mode that it was last told, so that it
 * can break, fall silent, or behave well only while it is watched. It runs within this process.
 */
export class ScriptedPolicy implements LadderPolicy {
  readonly name: string;
  #block = 0;
  #mode: Mode = "emergency";
  readonly #playedBy: (block: number, mode: Mode) => PlayedBy;

  /** @param playedBy policy to play as, by number of the block and mode of the last block that it was told of */
  constructor(name: string, playedBy: (block: number, mode: Mode) => PlayedBy) {
    this.name = name;
    this.#playedBy = playedBy;
  }

  /** Sets the number of the next block. */
  set block(block: number) {
    this.#block = block;
  }

  /** The policy that it plays as in the next block. */
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
