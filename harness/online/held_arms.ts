import { LinUcb } from "../../agents/linucb.ts";
import type { AnyEnv, StepOutcome } from "../../gym/env.ts";
import { createRows, MultiDiscrete, type RowArray } from "../../gym/spaces.ts";
import { randomStream } from "../../kernel/random.ts";
import { type ColumnFeatures, featureCount, writeFeatures } from "./column_features.ts";
import { inRandomOrder } from "./in_random_order.ts";
import type { OnlineModel, OnlineTurn } from "./online_model.ts";

/** The arms of a bandit over settings, and how to value them. */
export interface HeldArmsOptions {
  /** Actions of one row; all rows take the same action. */
  readonly arms: readonly (readonly number[])[];
  /** Context features, read from the first row's observation. */
  readonly context: ColumnFeatures;
  /** Time for which a setting is kept, in the unit of `info.clock`. */
  readonly hold: number;
  /** Time after a change of setting in which rewards are not yet credited to the new setting. */
  readonly settle: number;
  /** See `LinUcbOptions`. */
  readonly alpha: number;
}

/**
 * A bandit for knobs with slow effects. Its arms are a few settings of all knobs together (disjoint LinUCB). Each
 * chosen setting is kept for a while and valued by the reward rate of the run in that time. If the mask forbids a
 * choice, the first allowed alternative is taken instead.
 */
export class HeldArms implements OnlineModel {
  readonly #options: HeldArmsOptions;
  readonly #bandit: LinUcb;
  /** Arms in the order of their first trials. */
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
  /** Time at which the arm was chosen, and time from which rewards are credited to it. */
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

  learn({ reward, info }: StepOutcome): void {
    this.#clock = info.clock as number;
    // The previous setting still has an effect for a while.
    if (this.#clock < this.#taken + this.#options.settle) this.#since = this.#clock;
    else this.#earned += typeof reward === "number" ? reward : (reward as Float32Array)[0];
  }

  #settle(): void {
    const time = this.#clock - this.#since;
    if (time > 0) this.#bandit.update(this.#features, 0, (this.#earned / time) * this.#options.hold, this.#arm);
    this.#earned = 0;
  }

  /** The last setting was cut short. Its reward in so short a time says little, so it is dropped. */
  end(): void {}
}

/** The action in which each row does what `wanted` says, as far as the mask allows. */
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
