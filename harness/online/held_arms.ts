import { LinUcb } from "../../agents/linucb.ts";
import type { AnyEnv } from "../../gym/env.ts";
import { createRows, MultiDiscrete, type RowArray } from "../../gym/spaces.ts";
import { randomStream } from "../../kernel/random.ts";
import type { Applied } from "../../ladder/ladder_policy.ts";
import { type ColumnFeatures, featureCount, writeFeatures } from "./column_features.ts";
import { inRandomOrder } from "./in_random_order.ts";
import type { OnlineModel, OnlineTurn } from "./online_model.ts";

/** Which settings are told apart, and how. */
export interface HeldArmsOptions {
  /** Actions of one row; all rows take the same. */
  readonly arms: readonly (readonly number[])[];
  /** What of the first row's observation describes the context. */
  readonly context: ColumnFeatures;
  /** For how long a setting is kept, in the unit of `info.clock`. */
  readonly hold: number;
  /** How much of that passes before what the run earns is put down to it. */
  readonly settle: number;
  /** See `LinUcbOptions`. */
  readonly alpha: number;
}

/**
 * For knobs whose effect is slow: a few settings of all of them as the arms of a disjoint LinUCB, each kept for a while. A setting is
 * worth what the run earns while it is kept, over time. Choices that are not open at the moment are left as they stand.
 */
export class HeldArms implements OnlineModel {
  readonly #options: HeldArmsOptions;
  readonly #bandit: LinUcb;
  /** Arms in the order in which they are tried. */
  readonly #arms: readonly (readonly number[])[];

  constructor(options: HeldArmsOptions, seed: number) {
    const { arms, context, alpha } = options;
    this.#options = options;
    this.#bandit = new LinUcb({ arms: arms.length, size: featureCount(context), alpha });
    this.#arms = inRandomOrder(arms, randomStream(seed, "harness/held-arms"));
  }

  begin(env: AnyEnv): OnlineTurn {
    return new HeldTurn(env, this.#bandit, this.#arms, this.#options);
  }
}

class HeldTurn implements OnlineTurn {
  readonly #env: AnyEnv;
  readonly #bandit: LinUcb;
  readonly #arms: readonly (readonly number[])[];
  readonly #options: HeldArmsOptions;
  readonly #features: Float64Array;
  #arm = -1;
  #clock = 0;
  /** When the arm was taken, and since when earnings are its own. */
  #taken = 0;
  #since = 0;
  #earned = 0;

  constructor(env: AnyEnv, bandit: LinUcb, arms: readonly (readonly number[])[], options: HeldArmsOptions) {
    this.#env = env;
    this.#bandit = bandit;
    this.#arms = arms;
    this.#options = options;
    this.#features = new Float64Array(bandit.size);
  }

  choose(observation: Float32Array): RowArray {
    if (this.#arm < 0 || this.#clock >= this.#taken + this.#options.hold) {
      if (this.#arm >= 0) this.#settle();
      writeFeatures(this.#options.context, observation, 0, this.#features);
      this.#arm = this.#bandit.choose(this.#features);
      this.#taken = this.#clock;
      this.#since = this.#clock;
    }
    return legalRows(this.#env, this.#arms[this.#arm]);
  }

  learn({ reward, info }: Applied): void {
    this.#clock = info.clock as number;
    // What was set before still has its effect for a while.
    if (this.#clock < this.#taken + this.#options.settle) this.#since = this.#clock;
    else this.#earned += typeof reward === "number" ? reward : (reward as Float32Array)[0];
  }

  #settle(): void {
    const time = this.#clock - this.#since;
    if (time > 0) this.#bandit.update(this.#features, 0, (this.#earned / time) * this.#options.hold, this.#arm);
    this.#earned = 0;
  }

  /** The last setting was cut short: what it earned in so short a time says little. */
  end(): void {}
}

/** The action of an environment in which each row does what is wanted, as far as its mask allows. */
function legalRows(env: AnyEnv, wanted: readonly number[]): RowArray {
  const { actionSpace, rows } = env;
  const action = createRows(actionSpace, rows);
  if (!(actionSpace instanceof MultiDiscrete)) {
    for (let row = 0; row < rows; row++) action.set(wanted, row * wanted.length);
    return action;
  }
  const mask = env.actionMask()!;
  const { nvec } = actionSpace;
  for (let i = 0, at = 0; i < action.length; i++) {
    const choice = i % nvec.length;
    let alternative = wanted[choice];
    if (mask[at + alternative] === 0) {
      alternative = 0;
      while (mask[at + alternative] === 0) alternative++;
    }
    action[i] = alternative;
    at += nvec[choice];
  }
  return action;
}
