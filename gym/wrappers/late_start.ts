import type { RandomStream } from "../../kernel/random.ts";
import type { Credits, Env, ResetOptions, ResetResult, StepResult } from "../env.ts";
import { Wrapper } from "./wrapper.ts";

/** Options of LateStart. */
export interface LateStartOptions<Obs, Act> {
  /** Largest number of steps to skip. Every episode draws its number uniformly from 0 to this. */
  latest: number;
  /** Chooses the actions of the skipped steps. */
  rule: (observation: Obs, mask: Uint8Array | null) => Act;
  random: RandomStream;
}

/**
 * Starts episodes late: a rule plays a random number of steps first. It is for training in environments with long
 * episodes, where an agent would otherwise see little more than their beginnings.
 *
 * `info.credits` counts steps from the first step that the caller sees. If an episode ends during the skipped steps,
 * the next episode starts with the same options and without skipped steps.
 */
export class LateStart<Obs = Float32Array, Act = unknown, Reward = number> extends Wrapper<Obs, Act, Reward> {
  readonly #options: LateStartOptions<Obs, Act>;
  /** Steps skipped in this episode. */
  #passed = 0;

  /** @throws RangeError unless `latest` is a whole number of at least 0 */
  constructor(env: Env<Obs, Act, Reward>, options: LateStartOptions<Obs, Act>) {
    super(env);
    if (!Number.isSafeInteger(options.latest) || options.latest < 0) {
      throw new RangeError(`LateStart: latest must be a whole number of at least 0, got ${options.latest}`);
    }
    this.#options = options;
  }

  override reset(options?: ResetOptions): ResetResult<Obs> {
    const { latest, rule, random } = this.#options;
    const result = this.env.reset(options);
    let { observation } = result;
    this.#passed = random.integer(latest + 1);
    for (let i = 0; i < this.#passed; i++) {
      const step = this.env.step(rule(observation, this.env.actionMask()));
      if (step.terminated || step.truncated) {
        this.#passed = 0;
        return this.env.reset({ options: options?.options });
      }
      observation = step.observation;
    }
    return { ...result, observation };
  }

  override step(action: Act): StepResult<Obs, Reward> {
    const result = this.env.step(action);
    const credits = result.info.credits as Credits | undefined;
    if (credits === undefined || this.#passed === 0) return result;
    const steps = credits.steps.map((step) => step - this.#passed);
    return { ...result, info: { ...result.info, credits: { ...credits, steps } } };
  }

  fork(): LateStart<Obs, Act, Reward> {
    const copy = new LateStart(this.env.fork(), { ...this.#options, random: this.#options.random.fork() });
    copy.#passed = this.#passed;
    return copy;
  }
}
