import type { Env, ResetOptions, ResetResult, StepResult } from "../env.ts";
import { RunningMoments, type RunningMomentsJSON } from "../running_moments.ts";
import { Wrapper } from "./wrapper.ts";

/** Options of NormalizeReward. */
export interface NormalizeRewardOptions {
  /** Discount factor of the sum of rewards; 0.99 by default. */
  gamma?: number;
  /** Statistics to start with, e.g. those of a training, or what `JSON.stringify` saved of them. None by default. */
  moments?: RunningMoments | RunningMomentsJSON;
}

/**
 * Divides rewards by the standard deviation of the discounted sum of rewards so far, as Gymnasium's wrapper of this
 * name does. Signs stay, and returns become of the order of 1. The sum restarts at 0 with each episode. With several
 * rows, each row has its own sum, and all rows share the statistics.
 */
export class NormalizeReward<
  Obs = Float32Array,
  Act = unknown,
  Reward extends number | Float32Array = number,
> extends Wrapper<Obs, Act, Reward> {
  readonly moments: RunningMoments;
  readonly #gamma: number;
  /** Discounted sum of rewards of each row. */
  readonly #returns: Float64Array;

  /**
   * @throws TypeError when saved statistics are none; RangeError when gamma is outside [0, 1], or when the statistics
   *   are of more than one number
   */
  constructor(
    env: Env<Obs, Act, Reward>,
    { gamma = 0.99, moments: given = new RunningMoments(1) }: NormalizeRewardOptions = {},
  ) {
    super(env);
    const moments = given instanceof RunningMoments ? given : RunningMoments.fromJSON(given);
    if (!(gamma >= 0 && gamma <= 1)) {
      throw new RangeError(`NormalizeReward: gamma must be from 0 to 1, got ${gamma}`);
    }
    if (moments.size !== 1) {
      throw new RangeError(`NormalizeReward: needs moments of one number, got ${moments.size}`);
    }
    this.moments = moments;
    this.#gamma = gamma;
    this.#returns = new Float64Array(env.rows);
  }

  override reset(options?: ResetOptions): ResetResult<Obs> {
    const result = this.env.reset(options);
    this.#returns.fill(0);
    return result;
  }

  override step(action: Act): StepResult<Obs, Reward> {
    const result = this.env.step(action);
    const { reward } = result;
    for (let row = 0; row < this.#returns.length; row++) {
      this.#returns[row] = this.#gamma * this.#returns[row] + (typeof reward === "number" ? reward : reward[row]);
    }
    this.moments.update(this.#returns, this.#returns.length);
    const scale = this.moments.scale(0);
    result.reward = (typeof reward === "number" ? reward * scale : reward.map((value) => value * scale)) as Reward;
    return result;
  }

  /** Stops all later updates of the statistics. */
  freeze(): void {
    this.moments.freeze();
  }

  fork(): NormalizeReward<Obs, Act, Reward> {
    const copy = new NormalizeReward(this.env.fork(), { gamma: this.#gamma, moments: this.moments.fork() });
    copy.#returns.set(this.#returns);
    return copy;
  }
}
