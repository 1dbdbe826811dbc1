import { invalidAction } from "../action.ts";
import type { Env, StepResult } from "../env.ts";
import { Box, containsRows } from "../spaces.ts";
import { Wrapper } from "./wrapper.ts";

/** Takes actions in a Box from `low` to `high` on every side, and rescales them to the bounds of the environment. */
export class RescaleAction<Obs = Float32Array, Reward = number> extends Wrapper<Obs, Float32Array, Reward> {
  readonly #low: number;
  readonly #high: number;
  readonly #inner: Box;
  readonly #space: Box;
  readonly #action: Float32Array;

  /** @throws RangeError unless the actions are a Box with finite bounds, and `low` is below `high` */
  constructor(env: Env<Obs, Float32Array, Reward>, low = -1, high = 1) {
    super(env);
    const inner = env.actionSpace;
    if (!(inner instanceof Box) || !inner.low.every(Number.isFinite) || !inner.high.every(Number.isFinite)) {
      throw new RangeError(`RescaleAction: the actions must be a bounded Box, not ${inner}`);
    }
    if (!(low < high) || !Number.isFinite(high - low)) {
      throw new RangeError(`RescaleAction: low must be below high, got ${low} and ${high}`);
    }
    this.#low = low;
    this.#high = high;
    this.#inner = inner;
    this.#space = new Box(low, high, inner.shape);
    this.#action = new Float32Array(env.rows * inner.size);
  }

  override get actionSpace(): Box {
    return this.#space;
  }

  /** @throws EnvUsageError when the action is outside `actionSpace` */
  override step(action: Float32Array): StepResult<Obs, Reward> {
    if (!containsRows(this.#space, action, this.rows)) {
      throw invalidAction(this.spec, action, this.#space);
    }
    const { low, high, size } = this.#inner;
    for (let i = 0; i < action.length; i++) {
      const side = i % size;
      const share = (action[i] - this.#low) / (this.#high - this.#low);
      // Rounding must not carry an action beyond the bounds.
      this.#action[i] = Math.min(Math.max(low[side] + share * (high[side] - low[side]), low[side]), high[side]);
    }
    return this.env.step(this.#action);
  }

  fork(): RescaleAction<Obs, Reward> {
    return new RescaleAction(this.env.fork(), this.#low, this.#high);
  }
}
