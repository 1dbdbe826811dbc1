import type { GpuHeuristic } from "../../../baselines/gpu/types.ts";
import { GPU_ALTERNATIVES, GPU_CHOICES, GPU_MASK_SIZE } from "../../../envs/gpu/actions.ts";
import type { GpuEnv } from "../../../envs/gpu/gpu.ts";
import { registry } from "../../../envs/index.ts";
import { sampleAction } from "../../../gym/action.ts";
import type { Info } from "../../../gym/env.ts";
import { clientOf, equalKernels, gpuScenario } from "../../../harness/scenarios/gpu.ts";
import type { GpuWorkload } from "../../../kernel/gpu/workload.ts";
import { randomStream } from "../../../kernel/random.ts";

export const ID = "ring0/GpuPreemption-v1";
/** The environment itself, without wrappers. */
export const make = () => registry.make(ID, { wrap: false }) as unknown as GpuEnv;
/** A short episode of several groups of both kinds. */
export const SMALL = { workload: "crowd", duration_ms: 40 };

/** Choices of one row by name; what is not named stays as it stands. */
export type Wish = Readonly<Record<string, string>>;

/** Chooses an action at every step. */
export type Actor = (env: GpuEnv) => Int32Array;

/** Who plays: an actor, or a heuristic in the environment's own kernel. */
export type Policy = Actor | GpuHeuristic;

/** Index of a choice of an action. */
export const choiceOf = (name: string) => GPU_CHOICES.findIndex((one) => one.name === name);

/** Number of an alternative of a choice. */
export const alternativeOf = (choice: string, name: string) => GPU_CHOICES[choiceOf(choice)].alternatives.indexOf(name);

/** Whether the mask of `env` lets a row choose an alternative now. */
export function allows(env: GpuEnv, row: number, choice: number, alternative: number): boolean {
  const before = GPU_ALTERNATIVES.slice(0, choice).reduce((sum, count) => sum + count, 0);
  return env.actionMask()[row * GPU_MASK_SIZE + before + alternative] === 1;
}

/**
 * The same wishes at every step, wherever the mask allows them, for critical and for best-effort groups.
 *
 * @param first for the first best-effort group, where it is to be another than for the others
 */
export function always(critical: Wish, bestEffort: Wish, first = bestEffort): Actor {
  const held = new Int32Array(10 * GPU_CHOICES.length);
  return (env) => {
    const { view } = env.kernel;
    const mask = env.actionMask();
    if (view.time === 0) held.fill(0);
    let at = 0;
    for (let i = 0; i < held.length; i++) {
      const choice = i % GPU_CHOICES.length;
      const row = Math.floor(i / GPU_CHOICES.length);
      const count = GPU_ALTERNATIVES[choice];
      const { name, alternatives } = GPU_CHOICES[choice];
      const wish = view.critical[row] === 1 ? critical : row === view.critical.indexOf(0) ? first : bestEffort;
      const wanted = wish[name];
      const number = wanted === undefined ? held[i] : alternatives.indexOf(wanted);
      if (number < 0) throw new Error(`no ${name} "${wanted}"`);
      if (mask[at + number] === 1) held[i] = number;
      // Where not even what stands is allowed, the first that is.
      else if (mask[at + held[i]] === 0) held[i] = mask.indexOf(1, at) - at;
      at += count;
    }
    return held.slice();
  };
}

/** What a policy without opinion chooses. */
export const plain = () => always({}, {});

/** Plays the episode that was just reset to its end. */
export function playOn(env: GpuEnv, policy: Policy, onStep: (info: Info, reward: Float32Array) => void = () => {}) {
  if (typeof policy !== "function") policy.reset();
  let total = 0;
  for (;;) {
    const { reward, terminated, info } =
      typeof policy === "function" ? env.step(policy(env)) : env.decide(policy.decide(env.kernel.view));
    total += reward[0];
    onStep(info, reward);
    if (terminated) return { cost: env.cost, return: total, metrics: env.metrics() };
  }
}

/** Plays one episode. */
export function play(policy: Policy, options: Record<string, unknown> = SMALL, seed = 7) {
  const env = make();
  env.reset({ seed, options });
  return playOn(env, policy);
}

/** Any legal action, the same ones for the same seed. */
export function randomly(seed: number): Actor {
  const random = randomStream(seed, "test/random");
  return (env) => sampleAction<Int32Array>(env, random);
}

const MS = 1_000_000;

/** A critical client with a request every 5 ms, 0.5 ms of preparation and 1 ms of kernels, from `firstNs` on. */
export const periodic = (durationNs: number, firstNs = MS, prepNs = 500_000) =>
  clientOf(equalKernels(10, 100_000), {
    critical: true,
    prepNs,
    arrivals: Float64Array.from({ length: Math.floor(durationNs / (5 * MS)) }, (_, i) => firstNs + 5 * MS * i),
  });

/** That client and best effort of 0.5 ms kernels, the second without instruction-level preemption. */
export function mixed(durationNs = 30 * MS): GpuWorkload {
  const bestEffort = clientOf(equalKernels(40, 500_000));
  const groups = [periodic(durationNs), bestEffort, { ...bestEffort, instructionPreemption: false }];
  return { ...gpuScenario(groups, { durationNs }).workload, name: "mixed" };
}
