import type { Env, ResetOptions, ResetResult, StepResult } from "../env.ts";
import { Box } from "../spaces.ts";
import { Wrapper } from "./wrapper.ts";

/**
 * Shows the last `frames` observations at once, the oldest first. After a reset, all of them are the first observation.
 * The shape gets a new first dimension. With several rows, each row has its own frames.
 */
export class FrameStack<Act = unknown, Reward = number> extends Wrapper<Float32Array, Act, Reward> {
  readonly frames: number;
  readonly #space: Box;
  readonly #stack: Float32Array;

  /** @throws RangeError unless the observations are a Box and `frames` is a positive whole number */
  constructor(env: Env<Float32Array, Act, Reward>, frames: number) {
    super(env);
    const space = env.observationSpace;
    if (!(space instanceof Box)) {
      throw new RangeError(`FrameStack: the observations must be a Box, not ${space}`);
    }
    if (!Number.isSafeInteger(frames) || frames < 1) {
      throw new RangeError(`FrameStack: frames must be a positive whole number, got ${frames}`);
    }
    this.frames = frames;
    this.#space = new Box(repeat(space.low, frames), repeat(space.high, frames), [frames, ...space.shape]);
    this.#stack = new Float32Array(env.rows * frames * space.size);
  }

  override get observationSpace(): Box {
    return this.#space;
  }

  override reset(options?: ResetOptions): ResetResult<Float32Array> {
    const result = this.env.reset(options);
    for (let frame = 0; frame < this.frames; frame++) {
      this.#push(result.observation);
    }
    result.observation = this.#stack.slice();
    return result;
  }

  override step(action: Act): StepResult<Float32Array, Reward> {
    const result = this.env.step(action);
    this.#push(result.observation);
    result.observation = this.#stack.slice();
    return result;
  }

  override observe(): Float32Array {
    return this.#stack.slice();
  }

  fork(): FrameStack<Act, Reward> {
    const copy = new FrameStack(this.env.fork(), this.frames);
    copy.#stack.set(this.#stack);
    return copy;
  }

  #push(observation: Float32Array): void {
    const size = observation.length / this.rows;
    const width = size * this.frames;
    for (let row = 0; row < this.rows; row++) {
      this.#stack.copyWithin(row * width, row * width + size, (row + 1) * width);
      this.#stack.set(observation.subarray(row * size, (row + 1) * size), (row + 1) * width - size);
    }
  }
}

function repeat(bounds: Float32Array, times: number): Float32Array {
  const out = new Float32Array(bounds.length * times);
  for (let i = 0; i < times; i++) {
    out.set(bounds, i * bounds.length);
  }
  return out;
}
