import type { Env, ResetOptions, ResetResult } from "../env.ts";
import { Wrapper } from "./wrapper.ts";

/** Starts every episode with default options. Options of a reset override them, one by one; undefined does not. */
export class DefaultOptions<Obs = Float32Array, Act = unknown, Reward = number> extends Wrapper<Obs, Act, Reward> {
  readonly options: Readonly<Record<string, unknown>>;

  constructor(env: Env<Obs, Act, Reward>, options: Readonly<Record<string, unknown>>) {
    super(env);
    this.options = { ...options };
  }

  override reset({ seed, options = {} }: ResetOptions = {}): ResetResult<Obs> {
    const merged: Record<string, unknown> = { ...this.options };
    for (const [name, value] of Object.entries(options)) {
      // Everywhere else, an option that is undefined counts as not given.
      if (value !== undefined) merged[name] = value;
    }
    return this.env.reset({ seed, options: merged });
  }

  fork(): DefaultOptions<Obs, Act, Reward> {
    return new DefaultOptions(this.env.fork(), this.options);
  }
}
