import { LinUcb } from "../../agents/linucb.ts";
import { ArraySlab } from "../../envs/array_slab.ts";
import type { AnyEnv } from "../../gym/env.ts";
import { randomStream } from "../../kernel/random.ts";
import type { Applied } from "../../ladder/ladder_policy.ts";
import { type ColumnFeatures, featureCount, writeFeatures } from "./column_features.ts";
import { inRandomOrder } from "./in_random_order.ts";
import type { OnlineModel, OnlineTurn } from "./online_model.ts";

/** Which actions of a row are told apart, and how. */
export interface RowArmsOptions {
  /** Actions of a row that has measured something, numbers of a Box with one. */
  readonly arms: readonly number[];
  /** What of a row's observation describes the context. */
  readonly context: ColumnFeatures;
  /** Actions of a row that has just begun, about which nothing is known but that. */
  readonly firstArms: readonly number[];
  /** Column of the observation that is 1 in such a row. */
  readonly firstColumn: number;
  /** See `LinUcbOptions`. */
  readonly alpha: number;
}

/**
 * For many decision makers that share one policy and are asked each in its own time: a few actions as the arms of a disjoint LinUCB, and
 * others, with a bandit of their own, where a row begins. A choice is worth what its row earns after the next time it is asked until the
 * time after that: up to the next time it still measures what went before. Before a first choice there was nothing, so it is worth what
 * the row earns until it is asked again.
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

/** The context of a row that begins. */
const CONSTANT = Float64Array.of(1);

/** In the place of an arm where there is no choice. */
const NONE = -1;

/** A choice of every row. */
class Choices {
  readonly arm: Int32Array;
  /** 1 where the row had just begun. */
  readonly first: Uint8Array;
  /** Contexts of those that had not, `[rows, size]`. */
  readonly features: Float64Array;
  readonly #size: number;

  constructor(rows: number, size: number) {
    this.arm = new Int32Array(rows).fill(NONE);
    this.first = new Uint8Array(rows);
    this.features = new Float64Array(rows * size);
    this.#size = size;
  }

  /** Takes over one row of `other`. */
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
  /** What rows have earned since they were asked. */
  readonly #earned: Float64Array;
  /** What was chosen for the rows that are asked now; what was carried out the last time; and the time before. */
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

  learn({ reward }: Applied): void {
    for (let i = 0; i < this.#askedCount; i++) this.#takeOver(this.#asked[i]);
    const rewards = reward as Float32Array;
    for (let row = 0; row < rewards.length; row++) this.#earned[row] += rewards[row];
  }

  /** A row's choice was carried out. What the row has earned until now is what earlier ones were worth. */
  #takeOver(row: number): void {
    const now = this.#now;
    const last = this.#last;
    const before = this.#before;
    if (now.first[row] === 1) {
      // Whoever had the row was not asked again: what came of its last choices is not known in full.
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

  /** What rows would have earned until they are asked again is not known. */
  end(): void {}
}
