import type { Env, EnvSpec, ResetOptions, ResetResult, StepResult } from "../env.ts";
import type { Space } from "../spaces.ts";

/**
 * An environment around another environment. It passes every call on; a subclass overrides what it changes. A wrapper
 * may change the result of a step in place, but not its `info`, which other code may share: it makes a new one.
 *
 * A subclass must implement `fork`, because an exact copy includes the wrapper's own state.
 */
export abstract class Wrapper<Obs = Float32Array, Act = unknown, Reward = number> implements Env<Obs, Act, Reward> {
  /** The environment under this wrapper. */
  readonly env: Env<Obs, Act, Reward>;

  constructor(env: Env<Obs, Act, Reward>) {
    this.env = env;
  }

  abstract fork(): Env<Obs, Act, Reward>;

  get spec(): EnvSpec {
    return this.env.spec;
  }

  get observationSpace(): Space<unknown> {
    return this.env.observationSpace;
  }

  get actionSpace(): Space<unknown> {
    return this.env.actionSpace;
  }

  get rows(): number {
    return this.env.rows;
  }

  get unwrapped(): Env<Obs, Act, Reward> {
    return this.env.unwrapped;
  }

  reset(options?: ResetOptions): ResetResult<Obs> {
    return this.env.reset(options);
  }

  step(action: Act): StepResult<Obs, Reward> {
    return this.env.step(action);
  }

  observe(): Obs {
    return this.env.observe();
  }

  actionMask(): Uint8Array | null {
    return this.env.actionMask();
  }

  render(): string {
    return this.env.render();
  }

  close(): void {
    this.env.close();
  }
}
