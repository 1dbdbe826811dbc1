import type { ReadaheadHeuristic } from "../../../baselines/readahead/types.ts";
import { registry } from "../../../envs/index.ts";
import type { ReadaheadEnv } from "../../../envs/readahead/readahead.ts";
import { sampleAction } from "../../../gym/action.ts";
import type { Info } from "../../../gym/env.ts";
import { randomStream } from "../../../kernel/random.ts";
import { CANDIDATES } from "../../../kernel/readahead/candidates.ts";

export const ID = "ring0/Readahead-v1";
export const SYNC = "ring0/ReadaheadSync-v1";
/** The environment itself, without wrappers. */
export const make = (id = ID) => registry.make(id, { wrap: false }) as unknown as ReadaheadEnv;
/** The action with that name. */
export const candidate = (name: string) => CANDIDATES.findIndex((one) => one.name === name);
export const STOCK = candidate("stock VMA window");
/** An episode of a tenth of a second. */
export const SMALL = { workload: "mixed", accesses: 6000 };

/** Who plays: an action at every step, or a heuristic in the environment's own kernel. */
export type Policy = ((env: ReadaheadEnv) => number) | ReadaheadHeuristic;

/** The same page set wherever it would read anything, else none. */
export const always =
  (action: number): Policy =>
  (env) =>
    env.actionMask()[action] === 1 ? action : 0;

/** Plays the episode that was just reset to its end. */
export function playOn(env: ReadaheadEnv, policy: Policy, onStep: (info: Info, reward: number) => void = () => {}) {
  if (typeof policy !== "function") policy.reset();
  let total = 0;
  for (;;) {
    const { reward, terminated, info } =
      typeof policy === "function" ? env.step(policy(env)) : env.decide(policy.decide(env.kernel.view));
    total += reward;
    onStep(info, reward);
    if (terminated) return { cost: env.cost, return: total, unit: env.costPerReward, metrics: env.metrics() };
  }
}

/** Plays one episode. */
export function play(policy: Policy, options: Record<string, unknown> = SMALL, { id = ID, seed = 7 } = {}) {
  const env = make(id);
  env.reset({ seed, options });
  return playOn(env, policy);
}

/** Any legal action, the same ones for the same seed. */
export function randomly(seed: number): Policy {
  const random = randomStream(seed, "test/random");
  return (env) => sampleAction(env, random) as number;
}
