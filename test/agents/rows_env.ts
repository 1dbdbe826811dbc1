import { type Env, type EnvSpec, EnvUsageError, type ResetOptions } from "../../gym/env.ts";
import type { EnvContext } from "../../gym/env_context.ts";
import { Registry } from "../../gym/registry.ts";
import { Box, Discrete, type Space } from "../../gym/spaces.ts";
import { VectorEnv } from "../../gym/vector_env.ts";
import { type RandomStream, randomStream } from "../../kernel/random.ts";

/**
 * Features of an action: the state (-1 or 1, equal for all actions), two flags (right in state -1, in state 1), noise.
 */
const STATE = 0;
const FIRST_FLAG = 1;
const NOISE = 3;

/** Sizes of one form of the task. */
export interface RowsForm {
  alias: string;
  /** Number of actions: rows of the observation matrix. */
  actions: number;
  /** Features per action, at least 4; half of those after the third are equal for all actions. */
  features: number;
  /** Another observation space with as many numbers, for agents to refuse. */
  observationSpace?: Space<unknown>;
}

const FORMS: readonly RowsForm[] = [
  { alias: "rows", actions: 6, features: 5 },
  { alias: "rows-large", actions: 20, features: 40 },
  { alias: "rows-flat", actions: 6, features: 5, observationSpace: new Box(-8, 8, [30]) },
];

/** All forms as registered environments. */
export const rowsRegistry = new Registry();
for (const form of FORMS) {
  rowsRegistry.register(
    {
      id: `test/${form.alias}-v1`,
      alias: form.alias,
      description: "Take the row that is right in the state that is shown",
      maxEpisodeSteps: 10,
      rewardThreshold: 9,
      options: [],
      workloads: [],
      source: "test/agents/rows_env.ts",
    },
    (context) => new RowsEnv(context, form),
  );
}

/** Environments of one form side by side. */
export function rowsVector(alias: string, numEnvs: number): VectorEnv {
  return new VectorEnv(Array.from({ length: numEnvs }, () => rowsRegistry.make(alias, { splits: ["train"] })));
}

/**
 * Describes every action by features and shuffles the actions in every step. One legal action is right in state -1 and
 * another in state 1; a third is right in both, but masked. So the position of an action tells nothing, and no single
 * feature is enough.
 */
class RowsEnv implements Env<Float32Array, number> {
  readonly observationSpace: Space<unknown>;
  readonly actionSpace: Discrete;
  readonly rows = 1;
  readonly #context: EnvContext;
  readonly #form: RowsForm;
  readonly #observation: Float32Array;
  readonly #mask: Uint8Array;
  readonly #order: number[];
  #random: RandomStream | null = null;

  constructor(context: EnvContext, form: RowsForm) {
    this.#context = context;
    this.#form = form;
    this.observationSpace = form.observationSpace ?? new Box(-8, 8, [form.actions, form.features]);
    this.actionSpace = new Discrete(form.actions);
    this.#observation = new Float32Array(form.actions * form.features);
    this.#mask = new Uint8Array(form.actions);
    this.#order = Array.from({ length: form.actions }, (_, i) => i);
  }

  get spec(): EnvSpec {
    return this.#context.spec;
  }

  get unwrapped(): this {
    return this;
  }

  reset({ seed }: ResetOptions = {}) {
    if (seed !== undefined) {
      this.#context.checkSeed(seed);
      this.#random = randomStream(seed, "rows");
    }
    this.#draw();
    return { observation: this.observe(), info: {} };
  }

  step(action: number) {
    if (this.#mask[action] !== 1) {
      throw new EnvUsageError(`${this.spec.id}: action ${action} is masked by [${this.#mask}]`);
    }
    const at = action * this.#form.features;
    const flag = this.#observation[at + STATE] < 0 ? FIRST_FLAG : FIRST_FLAG + 1;
    const reward = this.#observation[at + flag];
    this.#draw();
    return { observation: this.observe(), reward, terminated: false, truncated: false, info: { cost: -reward } };
  }

  observe(): Float32Array {
    return this.#observation.slice();
  }

  actionMask(): Uint8Array {
    return this.#mask.slice();
  }

  render(): string {
    return this.#observation.join(" ");
  }

  close(): void {
    this.#random = null;
  }

  fork(): RowsEnv {
    const copy = new RowsEnv(this.#context, this.#form);
    copy.#observation.set(this.#observation);
    copy.#mask.set(this.#mask);
    this.#order.forEach((row, i) => {
      copy.#order[i] = row;
    });
    copy.#random = this.#random?.fork() ?? null;
    return copy;
  }

  #draw(): void {
    const random = this.#random;
    if (random === null) {
      throw new EnvUsageError(`${this.spec.id}: the first reset needs a seed`);
    }
    const { actions, features } = this.#form;
    const observation = this.#observation;
    const order = this.#order;
    for (let i = actions - 1; i > 0; i--) {
      const j = random.integer(i + 1);
      [order[i], order[j]] = [order[j], order[i]];
    }
    const state = random.integer(2) === 0 ? -1 : 1;
    const shared = NOISE + Math.ceil((features - NOISE) / 2);
    for (let a = 0; a < actions; a++) {
      const at = a * features;
      observation[at + STATE] = state;
      observation[at + FIRST_FLAG] = 0;
      observation[at + FIRST_FLAG + 1] = 0;
      for (let i = NOISE; i < features; i++) {
        observation[at + i] = i < shared || a === 0 ? random.uniform(-1, 1) : observation[i];
      }
    }
    const [first, second, both] = order;
    observation[first * features + FIRST_FLAG] = 1;
    observation[second * features + FIRST_FLAG + 1] = 1;
    observation[both * features + FIRST_FLAG] = 1;
    observation[both * features + FIRST_FLAG + 1] = 1;
    this.#mask.fill(1);
    this.#mask[both] = 0;
  }
}
