import { LinUcb } from "../../agents/linucb.ts";
import { ArraySlab } from "../../envs/array_slab.ts";
import type { AnyEnv, StepOutcome } from "../../gym/env.ts";
import { randomStream } from "../../kernel/random.ts";
import { type ColumnFeatures, featureCount, writeFeatures } from "./column_features.ts";
import { inRandomOrder } from "./in_random_order.ts";
import type { OnlineModel, OnlineTurn } from "./online_model.ts";

/** The arms of a bandit over the actions of a row, and how to describe its context. */
export interface RowArmsOptions {
  /** Actions of a row that has already measured something; the action space is a Box with one number. */
  readonly arms: readonly number[];
  /** Context features, read from the row's observation. */
  readonly context: ColumnFeatures;
  /** Actions of a row that has just begun. Nothing else is known about such a row. */
  readonly firstArms: readonly number[];
  /** Column of the observation that is 1 if the row has just begun. */
  readonly firstColumn: number;
  /** See `LinUcbOptions`. */
  readonly alpha: number;
}

/**
 * A bandit for many rows that share one policy, each with decisions at its own times. A few actions are the arms of a
 * disjoint LinUCB. Rows that have just begun use other arms with their own bandit.
 *
 * The rewards right after a choice still measure the choice before it. So a choice is credited with the rewards between
 * the row's next decision and the decision after that. The first choice of a row has no predecessor, so it is credited
 * with the rewards up to the row's next decision.
 */
export class RowArms implements OnlineModel {
  readonly #options: RowArmsOptions;
  readonly #bandit: LinUcb;
  readonly #firstBandit: LinUcb;

  constructor(options: RowArmsOptions, seed: number) {
    const { arms, firstArms, context, alpha } = options;
    this.#options = {
      ...options,
      arms: inRandomOrder(arms, randomStream(seed, "harness/row-arms")),
      firstArms: inRandomOrder(firstArms, randomStream(seed, "harness/first-arms")),
    };
    this.#bandit = new LinUcb({ arms: arms.length, size: featureCount(context), alpha });
    this.#firstBandit = new LinUcb({ arms: firstArms.length, size: 1, alpha });
  }

  begin(env: AnyEnv): OnlineTurn {
    return new RowTurn(env, this.#bandit, this.#firstBandit, this.#options);
  }
}

/** Context of a row that has just begun. */
const CONSTANT = Float64Array.of(1);

/** Value of `arm` if there is no choice. */
const NONE = -1;

/** One choice for every row. */
class Choices {
  readonly arm: Int32Array;
  /** 1 if the row had just begun. */
  readonly first: Uint8Array;
  /** `[rows, size]` contexts of the rows that had not just begun. */
  readonly features: Float64Array;
  readonly #size: number;

  constructor(rows: number, size: number) {
    this.arm = new Int32Array(rows).fill(NONE);
    this.first = new Uint8Array(rows);
    this.features = new Float64Array(rows * size);
    this.#size = size;
  }

  /** Copies one row of `other`. */
  take(row: number, other: Choices): void {
    this.arm[row] = other.arm[row];
    this.first[row] = other.first[row];
    const end = (row + 1) * this.#size;
    for (let i = row * this.#size; i < end; i++) this.features[i] = other.features[i];
  }
}

class RowTurn implements OnlineTurn {
  readonly #env: AnyEnv;
  readonly #bandit: LinUcb;
  readonly #firstBandit: LinUcb;
  readonly #options: RowArmsOptions;
  readonly #actions: ArraySlab<Float32Array>;
  readonly #features: Float64Array;
  /** `[rows]` rewards since the row's last decision. */
  readonly #earned: Float64Array;
  /** Choices for the current decisions, choices that were carried out last, and the ones before those. */
  readonly #now: Choices;
  readonly #last: Choices;
  readonly #before: Choices;
  readonly #asked: Int32Array;
  #askedCount = 0;

  constructor(env: AnyEnv, bandit: LinUcb, firstBandit: LinUcb, options: RowArmsOptions) {
    const { rows } = env;
    this.#env = env;
    this.#bandit = bandit;
    this.#firstBandit = firstBandit;
    this.#options = options;
    this.#actions = new ArraySlab(rows, (length) => new Float32Array(length));
    this.#features = new Float64Array(bandit.size);
    this.#earned = new Float64Array(rows);
    this.#now = new Choices(rows, bandit.size);
    this.#last = new Choices(rows, bandit.size);
    this.#before = new Choices(rows, bandit.size);
    this.#asked = new Int32Array(rows);
  }

  choose(observation: Float32Array): Float32Array {
    const { arms, firstArms, firstColumn, context } = this.#options;
    const action = this.#actions.next();
    const mask = this.#env.actionMask()!;
    const width = observation.length / mask.length;
    const now = this.#now;
    this.#askedCount = 0;
    for (let row = 0; row < mask.length; row++) {
      if (mask[row] === 0) continue;
      this.#asked[this.#askedCount++] = row;
      const first = observation[row * width + firstColumn] === 1;
      now.first[row] = first ? 1 : 0;
      if (first) {
        now.arm[row] = this.#firstBandit.choose(CONSTANT);
        action[row] = firstArms[now.arm[row]];
        continue;
      }
      writeFeatures(context, observation, row * width, this.#features);
      now.features.set(this.#features, row * this.#bandit.size);
      now.arm[row] = this.#bandit.choose(this.#features);
      action[row] = arms[now.arm[row]];
    }
    return action;
  }

  learn({ reward }: StepOutcome): void {
    for (let i = 0; i < this.#askedCount; i++) this.#takeOver(this.#asked[i]);
    const rewards = reward as Float32Array;
    for (let row = 0; row < rewards.length; row++) this.#earned[row] += rewards[row];
  }

  /**
   * A row's choice was carried out. The rewards that the row has collected since its last decision are credited to
   * earlier choices.
   */
  #takeOver(row: number): void {
    const now = this.#now;
    const last = this.#last;
    const before = this.#before;
    if (now.first[row] === 1) {
      // The row has a new owner. The old owner got no further decision, so the value of its last choices stays unknown.
      last.arm[row] = NONE;
      before.arm[row] = NONE;
    }
    const earned = this.#earned[row];
    if (before.arm[row] !== NONE) {
      this.#bandit.update(before.features, row * this.#bandit.size, earned, before.arm[row]);
    }
    if (last.arm[row] !== NONE && last.first[row] === 1) this.#firstBandit.update(CONSTANT, 0, earned, last.arm[row]);
    before.take(row, last);
    if (last.first[row] === 1) before.arm[row] = NONE;
    last.take(row, now);
    this.#earned[row] = 0;
  }

  /** The rewards up to the rows' next decisions stay unknown. */
  end(): void {}
}
