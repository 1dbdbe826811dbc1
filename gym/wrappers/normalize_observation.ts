import type { Env, ResetOptions, ResetResult, StepResult } from "../env.ts";
import { RunningMoments, type RunningMomentsJSON } from "../running_moments.ts";
import { Box } from "../spaces.ts";
import { Wrapper } from "./wrapper.ts";

/** Options of NormalizeObservation. */
export interface NormalizeObservationOptions {
  /** Largest magnitude of a normalised observation, in standard deviations; 10 by default. */
  clip?: number;
  /** Statistics to start with, e.g. those of a training, or what `JSON.stringify` saved of them. None by default. */
  moments?: RunningMoments | RunningMomentsJSON;
}

/**
 * Shifts and scales every number of the observation to mean 0 and variance 1 over all observations so far. Call
 * `freeze` before an evaluation. Box observations only. With several rows, each row counts as an observation.
 */
export class NormalizeObservation<Act = unknown, Reward = number> extends Wrapper<Float32Array, Act, Reward> {
  readonly moments: RunningMoments;
  readonly #clip: number;
  readonly #space: Box;

  /**
   * @throws TypeError when saved statistics are none; RangeError when the observations are not a Box, or when the
   *   statistics do not fit them
   */
  constructor(
    env: Env<Float32Array, Act, Reward>,
    { clip = 10, moments: given = new RunningMoments(env.observationSpace.size) }: NormalizeObservationOptions = {},
  ) {
    super(env);
    const moments = given instanceof RunningMoments ? given : RunningMoments.fromJSON(given);
    if (!(env.observationSpace instanceof Box)) {
      throw new RangeError(`NormalizeObservation: the observations must be a Box, not ${env.observationSpace}`);
    }
    if (moments.size !== env.observationSpace.size) {
      throw new RangeError(`NormalizeObservation: moments of ${moments.size} do not fit ${env.observationSpace}`);
    }
    this.moments = moments;
    this.#clip = clip;
    this.#space = new Box(-clip, clip, env.observationSpace.shape);
  }

  override get observationSpace(): Box {
    return this.#space;
  }

  override reset(options?: ResetOptions): ResetResult<Float32Array> {
    const result = this.env.reset(options);
    result.observation = this.#learn(result.observation);
    return result;
  }

  override step(action: Act): StepResult<Float32Array, Reward> {
    const result = this.env.step(action);
    result.observation = this.#learn(result.observation);
    return result;
  }

  override observe(): Float32Array {
    return this.#normalise(this.env.observe());
  }

  /** Stops all later updates of the statistics. */
  freeze(): void {
    this.moments.freeze();
  }

  fork(): NormalizeObservation<Act, Reward> {
    return new NormalizeObservation(this.env.fork(), { clip: this.#clip, moments: this.moments.fork() });
  }

  #learn(observation: Float32Array): Float32Array {
    this.moments.update(observation, this.rows);
    return this.#normalise(observation);
  }

  #normalise(observation: Float32Array): Float32Array {
    const out = new Float32Array(observation.length);
    this.moments.normaliseInto(observation, 0, this.rows, out, 0, this.#clip);
    return out;
  }
}
