import type { Env, ResetOptions, ResetResult } from "../env.ts";
import { Wrapper } from "./wrapper.ts";

/** Begins every episode with these settings; those that a reset is given come on top. */
export class DefaultOptions<Obs = Float32Array, Act = unknown, Reward = number> extends Wrapper<Obs, Act, Reward> {
  readonly options: Readonly<Record<string, unknown>>;

  constructor(env: Env<Obs, Act, Reward>, options: Readonly<Record<string, unknown>>) {
    super(env);
    this.options = options;
  }

  override reset({ seed, options }: ResetOptions = {}): ResetResult<Obs> {
    return this.env.reset({ seed, options: { ...this.options, ...options } });
  }

  fork(): DefaultOptions<Obs, Act, Reward> {
    return new DefaultOptions(this.env.fork(), this.options);
  }
}
