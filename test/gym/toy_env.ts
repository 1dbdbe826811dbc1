import { invalidAction } from "../../gym/action.ts";
import {
  type Env,
  type EnvSpec,
  EnvUsageError,
  type ResetOptions,
  type ResetResult,
  type StepResult,
} from "../../gym/env.ts";
import type { EnvContext } from "../../gym/env_context.ts";
import { checkOptions } from "../../gym/options.ts";
import { Box, containsRows, Discrete, type Space } from "../../gym/spaces.ts";
import { SplitGuard } from "../../gym/split_guard.ts";
import { hashKey, hashUniform } from "../../kernel/random.ts";

export const TOY_SPEC: EnvSpec = {
  id: "test/Toy-v1",
  alias: "toy",
  description: "a hashed workload that any number of rows look at",
  maxEpisodeSteps: 30,
  rewardThreshold: null,
  options: [{ name: "alter_after", type: "number", min: 0, max: 100, description: "work position" }],
  workloads: [],
};

/** Work units of an episode. */
const LENGTH = 40;
const ACTIONS = 3;

/** How to make a toy. */
export interface ToyOptions {
  rows?: number;
  /** Whether some actions are illegal at times. */
  masked?: boolean;
  context?: EnvContext;
}

/**
 * A small environment that keeps every promise that `checkEnv` examines, with any number of rows, and masks if wanted. Tests
 * break it one promise at a time: everything is public and every method can be replaced in a subclass.
 */
// biome-ignore lint/suspicious/noExplicitAny: number or Int32Array, number or Float32Array, by the number of rows.
export class Toy implements Env<Float32Array, any, any> {
  readonly observationSpace: Space<unknown> = new Box([0, 0, -1], [1, LENGTH, 1]);
  readonly actionSpace: Space<unknown> = new Discrete(ACTIONS);
  readonly rows: number;
  readonly options: ToyOptions;
  readonly context: EnvContext;
  seed: number | null = null;
  episode = 0;
  position = 0;
  running = false;
  alterAfter = Number.POSITIVE_INFINITY;
  /** Time charged for work and for changing one's mind, in one unit. */
  work = 0;
  changes = 0;
  last: Int32Array;

  constructor(options: ToyOptions = {}) {
    this.options = options;
    this.rows = options.rows ?? 1;
    this.context = options.context ?? new SplitGuard(TOY_SPEC, null);
    this.last = new Int32Array(this.rows);
  }

  get spec(): EnvSpec {
    return this.context.spec;
  }

  get unwrapped(): this {
    return this;
  }

  reset({ seed, options = {} }: ResetOptions = {}): ResetResult<Float32Array> {
    checkOptions(options, this.spec);
    if (seed !== undefined) {
      this.context.checkSeed(seed);
      this.seed = seed;
      this.episode = 0;
    } else if (this.seed === null) {
      throw new EnvUsageError(`${this.spec.id}: the first reset needs a seed`);
    } else {
      this.episode++;
    }
    this.alterAfter = (options.alter_after as number | undefined) ?? Number.POSITIVE_INFINITY;
    this.position = 0;
    this.work = 0;
    this.changes = 0;
    this.last.fill(0);
    this.running = true;
    return { observation: this.observe(), info: this.info() };
  }

  // biome-ignore lint/suspicious/noExplicitAny: see the class.
  step(action: any): StepResult<Float32Array, any> {
    const actions = this.readAction(action);
    if (!this.running) {
      throw new EnvUsageError(`${this.spec.id}: no episode is running; call reset first`);
    }
    const rewards = new Float32Array(this.rows);
    for (let row = 0; row < this.rows; row++) {
      rewards[row] = actions[row] - this.demand(row, this.position);
      this.work += 0.1 + 0.3 * actions[row];
      this.changes += actions[row] === this.last[row] ? 0 : 0.01;
    }
    this.last = actions;
    this.position++;
    const terminated = this.position === LENGTH;
    this.running = !terminated;
    const reward = this.rows === 1 ? rewards[0] : rewards;
    return { observation: this.observe(), reward, terminated, truncated: false, info: this.info() };
  }

  /** The actions of all rows. Throws an EnvUsageError unless every one is in the space and legal. */
  readAction(action: unknown): Int32Array {
    if (!containsRows(this.actionSpace, action, this.rows)) {
      throw invalidAction(this.spec, action, this.actionSpace);
    }
    const actions = this.rows === 1 ? Int32Array.of(action as number) : (action as Int32Array).slice();
    const mask = this.actionMask();
    if (mask !== null && actions.some((choice, row) => mask[row * ACTIONS + choice] === 0)) {
      throw new EnvUsageError(`${this.spec.id}: an action is not legal now`);
    }
    return actions;
  }

  /** What row `row` needs at a work position, 0 to 1. */
  demand(row: number, position: number): number {
    const altered = position >= this.alterAfter ? "altered" : "plain";
    return hashUniform(hashKey(this.seed!, `toy/${this.episode}/${altered}`), row, position);
  }

  observe(): Float32Array {
    const observation = new Float32Array(this.rows * 3);
    for (let row = 0; row < this.rows; row++) {
      observation[row * 3] = this.position === 0 ? 0 : this.demand(row, this.position - 1);
      observation[row * 3 + 1] = this.position;
      observation[row * 3 + 2] = this.last[row] - 1;
    }
    return observation;
  }

  info(): Record<string, unknown> {
    const { work, changes, position } = this;
    return { position, clock: work + changes, charged: { work, changes } };
  }

  actionMask(): Uint8Array | null {
    if (!this.options.masked) {
      return null;
    }
    // Every row may stay as it is or go one up, the last action round to the first.
    const mask = new Uint8Array(this.rows * ACTIONS);
    this.last.forEach((action, row) => {
      mask[row * ACTIONS + action] = 1;
      mask[row * ACTIONS + ((action + 1) % ACTIONS)] = 1;
    });
    return mask;
  }

  render(): string {
    return `${this.position} of ${LENGTH}`;
  }

  close(): void {
    this.running = false;
  }

  fork(): Toy {
    const copy: Toy = Object.assign(new (this.constructor as typeof Toy)(this.options), { ...this });
    copy.last = this.last.slice();
    return copy;
  }
}
