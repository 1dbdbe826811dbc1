import { LinUcb } from "../../agents/linucb.ts";
import { PendingCredits } from "../../agents/pending_credits.ts";
import type { AnyEnv, Credits, StepOutcome } from "../../gym/env.ts";
import type { OnlineModel, OnlineTurn } from "./online_model.ts";

/** The actions of an environment that describes its actions by features, and which of these features a bandit uses. */
export interface ScoredActionsOptions {
  /** Actions that the bandit may choose. One of them must always be allowed. */
  readonly actions: readonly number[];
  /** Number of features by which the environment describes an action. */
  readonly columns: number;
  /** Column that holds the amount of an action; it is 0 for actions that do nothing. */
  readonly amount: number;
  /** Columns that are multiplied by the amount. */
  readonly scaled: readonly number[];
  /** Columns that are used unchanged; they are 0 for actions that do nothing. */
  readonly plain: readonly number[];
  /** Decisions after which the value of an action counts as known. */
  readonly settleSteps: number;
  /** See `LinUcbOptions`. */
  readonly alpha: number;
}

/**
 * A bandit for environments that describe every action by features. It is a shared LinUCB over these features, so
 * experience with one action carries over to others. Doing nothing has no features and is worth exactly 0 from the
 * start. Any other action is chosen only if its expected value is higher, or if it is worth a trial. The value of an
 * action is its `info.credits`, or the reward of its step. The bandit draws no random numbers: the features alone
 * determine what it tries first.
 */
export class ScoredActions implements OnlineModel {
  readonly #options: ScoredActionsOptions;
  readonly #bandit: LinUcb;

  constructor(options: ScoredActionsOptions) {
    const { actions, scaled, plain, alpha } = options;
    this.#options = options;
    this.#bandit = new LinUcb({ arms: actions.length, size: scaled.length + plain.length, shared: true, alpha });
  }

  begin(env: AnyEnv): OnlineTurn {
    return new ScoredTurn(env, this.#bandit, this.#options);
  }
}

class ScoredTurn implements OnlineTurn {
  readonly #env: AnyEnv;
  readonly #bandit: LinUcb;
  readonly #options: ScoredActionsOptions;
  readonly #pendingCredits: PendingCredits;
  readonly #features: Float32Array;
  readonly #mask: Uint8Array;
  readonly #learn: (rows: Float32Array, offset: number, worth: number) => void;
  #arm = 0;

  constructor(env: AnyEnv, bandit: LinUcb, options: ScoredActionsOptions) {
    this.#env = env;
    this.#bandit = bandit;
    this.#options = options;
    this.#pendingCredits = new PendingCredits(bandit.size, options.settleSteps);
    this.#features = new Float32Array(bandit.arms * bandit.size);
    this.#mask = new Uint8Array(bandit.arms);
    this.#learn = (rows, offset, worth) => bandit.update(rows, offset, worth);
  }

  choose(observation: Float32Array): number {
    const { actions, columns, amount, scaled, plain } = this.#options;
    const { size } = this.#bandit;
    const features = this.#features;
    const allowed = this.#env.actionMask()!;
    for (let arm = 0; arm < actions.length; arm++) {
      const action = actions[arm];
      this.#mask[arm] = allowed[action];
      if (allowed[action] === 0) continue;
      const row = action * columns;
      const times = observation[row + amount];
      let at = arm * size;
      for (let i = 0; i < scaled.length; i++) features[at++] = times * observation[row + scaled[i]];
      for (let i = 0; i < plain.length; i++) features[at++] = times === 0 ? 0 : observation[row + plain[i]];
    }
    this.#arm = this.#bandit.choose(features, 0, this.#mask);
    return actions[this.#arm];
  }

  learn({ reward, info }: StepOutcome): void {
    const pendingCredits = this.#pendingCredits;
    if (pendingCredits.full) pendingCredits.takeOldest(this.#learn);
    pendingCredits.add(this.#features, this.#arm * this.#bandit.size);
    const credits = info.credits as Credits | undefined;
    if (credits === undefined) pendingCredits.creditLast(reward as number);
    else pendingCredits.credit(credits);
  }

  end(): void {
    this.#pendingCredits.end(this.#learn);
  }
}
