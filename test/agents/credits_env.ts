import {
  type AnyEnv,
  type Credits,
  type Env,
  type EnvSpec,
  EnvUsageError,
  type Info,
  type ResetOptions,
} from "../../gym/env.ts";
import type { EnvContext } from "../../gym/env_context.ts";
import { Registry } from "../../gym/registry.ts";
import { Box, Discrete } from "../../gym/spaces.ts";
import { VectorEnv } from "../../gym/vector_env.ts";
import { type RandomStream, randomStream } from "../../kernel/random.ts";

const ACTIONS = 5;
const FEATURES = 3;

/** Steps between a decision and the second half of its credits. */
export const CREDIT_DELAY = 7;

/** The task as a registered environment. */
export const creditsRegistry = new Registry();
creditsRegistry.register(
  {
    id: "test/credits-v1",
    alias: "credits",
    description: "Take the action that will turn out to be worth most; its reward says the opposite",
    maxEpisodeSteps: 60,
    rewardThreshold: null,
    options: [],
    workloads: [],
    source: "test/agents/credits_env.ts",
  },
  (context) => new CreditsEnv(context),
);

/** Environments side by side, wrapped by `wrap` if given. */
export function creditsVector(numEnvs: number, wrap = (env: AnyEnv, _index: number) => env): VectorEnv {
  return new VectorEnv(
    Array.from({ length: numEnvs }, (_, i) => wrap(creditsRegistry.make("credits", { splits: ["train"] }), i)),
  );
}

/**
 * The first feature of each action, from -1 to 1, is its value; the other features are noise. The reward of a step is
 * minus the value of its action. Credits tell the value in two halves, the second `CREDIT_DELAY` steps later.
 */
export class CreditsEnv implements Env<Float32Array, number> {
  readonly observationSpace = new Box(-1, 1, [ACTIONS, FEATURES]);
  readonly actionSpace = new Discrete(ACTIONS);
  readonly rows = 1;
  readonly #context: EnvContext;
  readonly #observation = new Float32Array(ACTIONS * FEATURES);
  #worth: number[] = [];
  #random: RandomStream | null = null;

  constructor(context: EnvContext) {
    this.#context = context;
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
      this.#random = randomStream(seed, "credits");
    }
    this.#worth = [];
    this.#draw();
    return { observation: this.observe(), info: {} };
  }

  step(action: number) {
    const worth = this.#observation[action * FEATURES];
    const now = this.#worth.push(worth) - 1;
    const due = [now - CREDIT_DELAY, now - CREDIT_DELAY + 1].filter((step) => step >= 0);
    const credits: Credits = {
      steps: Int32Array.from(due),
      rewards: Float32Array.from(due, (step) => this.#worth[step] / 2),
    };
    const info: Info = { credits, worth };
    this.#draw();
    return { observation: this.observe(), reward: -worth, terminated: false, truncated: false, info };
  }

  observe(): Float32Array {
    return this.#observation.slice();
  }

  actionMask(): null {
    return null;
  }

  render(): string {
    return this.#observation.join(" ");
  }

  close(): void {
    this.#random = null;
  }

  fork(): CreditsEnv {
    const copy = new CreditsEnv(this.#context);
    copy.#observation.set(this.#observation);
    copy.#worth = this.#worth.slice();
    copy.#random = this.#random?.fork() ?? null;
    return copy;
  }

  #draw(): void {
    const random = this.#random;
    if (random === null) throw new EnvUsageError(`${this.spec.id}: the first reset needs a seed`);
    for (let i = 0; i < this.#observation.length; i++) this.#observation[i] = random.uniform(-1, 1);
  }
}
