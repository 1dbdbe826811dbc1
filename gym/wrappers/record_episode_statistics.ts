import type { ResetOptions, ResetResult, StepResult } from "../env.ts";
import { meanReward } from "../rows.ts";
import { Wrapper } from "./wrapper.ts";

/** The value of `info.episode` after the last step of an episode. */
export interface EpisodeStatistics {
  /** Undiscounted sum of the rewards; with several rows, the mean over the rows. */
  return: number;
  /** Number of steps. */
  length: number;
}

/** Adds `episode` (`EpisodeStatistics`) to the info of the step that ends an episode. */
export class RecordEpisodeStatistics<
  Obs = Float32Array,
  Act = unknown,
  Reward extends number | Float32Array = number,
> extends Wrapper<Obs, Act, Reward> {
  #return = 0;
  #length = 0;

  override reset(options?: ResetOptions): ResetResult<Obs> {
    const result = this.env.reset(options);
    this.#return = 0;
    this.#length = 0;
    return result;
  }

  override step(action: Act): StepResult<Obs, Reward> {
    const result = this.env.step(action);
    this.#return += meanReward(result.reward);
    this.#length++;
    if (result.terminated || result.truncated) {
      const episode: EpisodeStatistics = { return: this.#return, length: this.#length };
      result.info = { ...result.info, episode };
    }
    return result;
  }

  fork(): RecordEpisodeStatistics<Obs, Act, Reward> {
    const copy = new RecordEpisodeStatistics(this.env.fork());
    copy.#return = this.#return;
    copy.#length = this.#length;
    return copy;
  }
}
