import { EnvUsageError, type ResetOptions, type ResetResult, type StepResult } from "../env.ts";
import { Wrapper } from "./wrapper.ts";

type Phase = "new" | "running" | "ended" | "closed";

const REFUSALS: Readonly<Record<Exclude<Phase, "running">, string>> = {
  new: "no episode has begun; call reset first",
  ended: "the episode has ended; call reset to begin another",
  closed: "the environment is closed",
};

/**
 * Refuses calls at the wrong time: a step before the first reset or after the end of the episode (also an end by a
 * TimeLimit underneath), a look at an episode that has not begun, and anything after `close`.
 */
export class OrderEnforcing<Obs = Float32Array, Act = unknown, Reward = number> extends Wrapper<Obs, Act, Reward> {
  #phase: Phase = "new";

  /** @throws EnvUsageError after `close` */
  override reset(options?: ResetOptions): ResetResult<Obs> {
    if (this.#phase === "closed") {
      this.#refuse("reset", this.#phase);
    }
    const result = this.env.reset(options);
    this.#phase = "running";
    return result;
  }

  /** @throws EnvUsageError when no episode is running */
  override step(action: Act): StepResult<Obs, Reward> {
    if (this.#phase !== "running") {
      this.#refuse("step", this.#phase);
    }
    const result = this.env.step(action);
    if (result.terminated || result.truncated) {
      this.#phase = "ended";
    }
    return result;
  }

  /** @throws EnvUsageError before the first reset and after `close` */
  override observe(): Obs {
    this.#assertBegun("observe");
    return this.env.observe();
  }

  /** @throws EnvUsageError before the first reset and after `close` */
  override actionMask(): Uint8Array | null {
    this.#assertBegun("actionMask");
    return this.env.actionMask();
  }

  /** @throws EnvUsageError before the first reset and after `close` */
  override render(): string {
    this.#assertBegun("render");
    return this.env.render();
  }

  override close(): void {
    if (this.#phase !== "closed") {
      this.#phase = "closed";
      this.env.close();
    }
  }

  fork(): OrderEnforcing<Obs, Act, Reward> {
    const copy = new OrderEnforcing(this.env.fork());
    copy.#phase = this.#phase;
    return copy;
  }

  #assertBegun(call: string): void {
    if (this.#phase === "new" || this.#phase === "closed") {
      this.#refuse(call, this.#phase);
    }
  }

  #refuse(call: string, phase: Exclude<Phase, "running">): never {
    throw new EnvUsageError(`${this.spec.id}: ${call} refused: ${REFUSALS[phase]}`);
  }
}
