import type { Env, ResetOptions, ResetResult, StepResult } from "../env.ts";
import { Wrapper } from "./wrapper.ts";

/**
 * Truncates an episode after a number of steps. Environments never do that themselves. An episode that terminates in
 * its last allowed step is terminated, not truncated.
 */
export class TimeLimit<Obs = Float32Array, Act = unknown, Reward = number> extends Wrapper<Obs, Act, Reward> {
  readonly maxEpisodeSteps: number;
  #steps = 0;

  /** @throws RangeError unless `maxEpisodeSteps` is a positive whole number */
  constructor(env: Env<Obs, Act, Reward>, maxEpisodeSteps: number) {
    super(env);
    if (!Number.isSafeInteger(maxEpisodeSteps) || maxEpisodeSteps < 1) {
      throw new RangeError(`TimeLimit: maxEpisodeSteps must be a positive whole number, got ${maxEpisodeSteps}`);
    }
    this.maxEpisodeSteps = maxEpisodeSteps;
  }

  override reset(options?: ResetOptions): ResetResult<Obs> {
    const result = this.env.reset(options);
    this.#steps = 0;
    return result;
  }

  override step(action: Act): StepResult<Obs, Reward> {
    const result = this.env.step(action);
    this.#steps++;
    if (this.#steps >= this.maxEpisodeSteps && !result.terminated) {
      result.truncated = true;
    }
    return result;
  }

  fork(): TimeLimit<Obs, Act, Reward> {
    const copy = new TimeLimit(this.env.fork(), this.maxEpisodeSteps);
    copy.#steps = this.#steps;
    return copy;
  }
}
