import { invalidAction } from "../../gym/action.ts";
import { type Env, type EnvSpec, EnvUsageError, type ResetOptions } from "../../gym/env.ts";
import type { EnvContext } from "../../gym/env_context.ts";
import { Registry } from "../../gym/registry.ts";
import { Box, containsRows, Discrete, MultiBinary, MultiDiscrete, type Space } from "../../gym/spaces.ts";
import { VectorEnv } from "../../gym/vector_env.ts";
import { type RandomStream, randomStream } from "../../kernel/random.ts";

/** Number of states, and steps per episode. */
const STATES = 4;
const EPISODE = 10;

/** One form of the identity task: how an action names a state. */
export interface IdentityForm {
  alias: string;
  actionSpace: Space<unknown>;
  rows: number;
  masked: boolean;
  /** Reward of one row's flattened action, which starts at `offset`, in a state: 1 is best. */
  reward(actions: ArrayLike<number>, offset: number, state: number): number;
}

export const IDENTITY_FORMS: readonly IdentityForm[] = [
  form("identity-discrete", new Discrete(STATES), (a, at, state) => (a[at] === state ? 1 : 0)),
  form("identity-shifted", new Discrete(STATES, -2), (a, at, state) => (a[at] + 2 === state ? 1 : 0)),
  form("identity-multi-discrete", new MultiDiscrete([2, 2]), bitsReward),
  form("identity-multi-binary", new MultiBinary(2), bitsReward),
  // The bounds differ from -1 and 1, so that an agent that forgets to scale cannot solve it.
  form("identity-box", new Box(-1, 4, [1]), (a, at, state) => 1 - Math.abs(a[at] - state)),
  { ...form("identity-masked", new Discrete(STATES), (a, at, state) => (a[at] === state ? 1 : 0)), masked: true },
  { ...form("identity-masked-multi", new MultiDiscrete([2, 2]), bitsReward), masked: true },
  { ...form("identity-rows", new Discrete(STATES), (a, at, state) => (a[at] === state ? 1 : 0)), rows: 3 },
  { ...form("identity-box-rows", new Box(-1, 4, [1]), (a, at, state) => 1 - Math.abs(a[at] - state)), rows: 3 },
];

/** All forms as registered environments. */
export const identityRegistry = new Registry();
for (const { alias, ...rest } of IDENTITY_FORMS) {
  identityRegistry.register(
    {
      id: `test/${alias}-v1`,
      alias,
      description: "Name the state that is shown",
      maxEpisodeSteps: EPISODE,
      rewardThreshold: 0.9 * EPISODE,
      options: [],
      workloads: [],
      source: "test/agents/identity_env.ts",
    },
    (context) => new IdentityEnv(context, { alias, ...rest }),
  );
}

/** Environments of one form side by side. */
export function identityVector(alias: string, numEnvs: number): VectorEnv {
  return new VectorEnv(Array.from({ length: numEnvs }, () => identityRegistry.make(alias, { splits: ["train"] })));
}

/**
 * Shows one of four states one-hot and rewards the action that names it. An agent that does not read observations
 * cannot do well. Forms with a mask mask a wrong alternative that depends on the state.
 */
class IdentityEnv implements Env<Float32Array, unknown, number | Float32Array> {
  readonly observationSpace = new Box(0, 1, [STATES]);
  readonly #context: EnvContext;
  readonly #form: IdentityForm;
  readonly #states: Int32Array;
  #random: RandomStream | null = null;

  constructor(context: EnvContext, identityForm: IdentityForm) {
    this.#context = context;
    this.#form = identityForm;
    this.#states = new Int32Array(identityForm.rows);
  }

  get spec(): EnvSpec {
    return this.#context.spec;
  }

  get actionSpace(): Space<unknown> {
    return this.#form.actionSpace;
  }

  get rows(): number {
    return this.#form.rows;
  }

  get unwrapped(): this {
    return this;
  }

  reset({ seed }: ResetOptions = {}) {
    if (seed !== undefined) {
      this.#context.checkSeed(seed);
      this.#random = randomStream(seed, "identity");
    }
    this.#draw();
    return { observation: this.observe(), info: {} };
  }

  step(action: unknown) {
    const { rows, actionSpace } = this;
    const flat = new Float32Array(rows * actionSpace.size);
    if (!containsRows(actionSpace, action, rows)) {
      throw invalidAction(this.spec, action, actionSpace);
    }
    if (rows === 1) {
      actionSpace.flattenInto(action, flat, 0);
    } else {
      flat.set(action as ArrayLike<number>);
    }
    this.#assertLegal(flat);
    const rewards = Float32Array.from(this.#states, (state, i) => this.#form.reward(flat, i * actionSpace.size, state));
    this.#draw();
    const reward = rows === 1 ? rewards[0] : rewards;
    const info = { cost: -rewards.reduce((sum, value) => sum + value, 0) };
    return { observation: this.observe(), reward, terminated: false, truncated: false, info };
  }

  observe(): Float32Array {
    const observation = new Float32Array(this.rows * STATES);
    this.#states.forEach((state, i) => {
      observation[i * STATES + state] = 1;
    });
    return observation;
  }

  actionMask(): Uint8Array | null {
    const [state] = this.#states;
    if (!this.#form.masked) {
      return null;
    }
    if (this.actionSpace instanceof Discrete) {
      return Uint8Array.from({ length: STATES }, (_, i) => (i === (state + 1) % STATES ? 0 : 1));
    }
    return Uint8Array.of(1, state === 0 ? 0 : 1, state === 3 ? 0 : 1, 1);
  }

  render(): string {
    return this.#states.join(" ");
  }

  close(): void {
    this.#random = null;
  }

  fork(): IdentityEnv {
    const copy = new IdentityEnv(this.#context, this.#form);
    copy.#states.set(this.#states);
    copy.#random = this.#random?.fork() ?? null;
    return copy;
  }

  #assertLegal(flat: Float32Array): void {
    const mask = this.actionMask();
    const width = STATES / flat.length;
    if (mask !== null && flat.some((choice, i) => mask[i * width + choice] === 0)) {
      throw new EnvUsageError(`${this.spec.id}: action [${flat}] is masked by [${mask}]`);
    }
  }

  #draw(): void {
    if (this.#random === null) {
      throw new EnvUsageError(`${this.spec.id}: the first reset needs a seed`);
    }
    for (let i = 0; i < this.#states.length; i++) {
      this.#states[i] = this.#random.integer(STATES);
    }
  }
}

function form(alias: string, actionSpace: Space<unknown>, reward: IdentityForm["reward"]): IdentityForm {
  return { alias, actionSpace, rows: 1, masked: false, reward };
}

/** 1 when the action names both bits of the state, the low bit first. */
function bitsReward(actions: ArrayLike<number>, offset: number, state: number): number {
  return actions[offset] === state % 2 && actions[offset + 1] === state >> 1 ? 1 : 0;
}
