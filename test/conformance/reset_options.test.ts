import { describe, expect, test } from "vitest";
import { registry } from "../../envs/index.ts";
import type { AnyEnv, Env, ResetOptions } from "../../gym/env.ts";
import * as gym from "../../gym/index.ts";
import { Toy } from "../gym/toy_env.ts";

/** Actions of the toy as a Box, because RescaleAction takes no others. */
class BoxToy extends Toy {
  override readonly actionSpace = new gym.Box([0], [2]);
  /** The options of every reset that reached the toy. */
  readonly asked: Record<string, unknown>[] = [];

  override reset(options: ResetOptions = {}) {
    this.asked.push({ ...options.options });
    return super.reset(options);
  }

  override readAction(action: unknown): Int32Array {
    return Int32Array.of(Math.round((action as Float32Array)[0]));
  }
}

/** Legal in the space of the toy, and in that of RescaleAction. */
const ACTION = Float32Array.of(0.5);
/** More steps than an episode of the toy has: LateStart then always begins anew. */
const BEYOND_THE_END = 1e9;
const DEFAULT = { alter_after: 50 };
const GIVEN = { alter_after: 7 };

type BoxEnv = Env<Float32Array, Float32Array>;

/** Every wrapper that gym exports, by its name there. */
const WRAPPERS: Readonly<Record<string, (env: BoxEnv) => BoxEnv>> = {
  DefaultOptions: (env) => new gym.DefaultOptions(env, DEFAULT),
  FrameStack: (env) => new gym.FrameStack(env, 2),
  LateStart: (env) =>
    new gym.LateStart(env, { latest: BEYOND_THE_END, rule: () => ACTION, random: gym.randomStream(1, "late") }),
  NormalizeObservation: (env) => new gym.NormalizeObservation(env),
  NormalizeReward: (env) => new gym.NormalizeReward(env),
  OrderEnforcing: (env) => new gym.OrderEnforcing(env),
  RecordEpisodeStatistics: (env) => new gym.RecordEpisodeStatistics(env),
  RescaleAction: (env) => new gym.RescaleAction(env, 0, 1),
  TimeLimit: (env) => new gym.TimeLimit(env, 25),
};

const NAMES = Object.keys(WRAPPERS);
const ALONE_AND_NESTED = [
  ...NAMES.map((name) => [name]),
  ...NAMES.flatMap((outer) => NAMES.map((inner) => [outer, inner])),
  NAMES,
  NAMES.toReversed(),
];

/** A toy in wrappers, the outermost first. */
function wrapped(names: readonly string[]): { env: BoxEnv; toy: BoxToy } {
  const toy = new BoxToy();
  return { env: names.reduceRight<BoxEnv>((env, name) => WRAPPERS[name](env), toy), toy };
}

/** The options that reach the toy where a reset gives none. */
function optionsWithout(names: readonly string[]): Record<string, unknown> {
  return names.includes("DefaultOptions") ? DEFAULT : {};
}

/** Options as sets: how often LateStart begins anew does not matter. */
function distinct(asked: readonly Record<string, unknown>[]): Record<string, unknown>[] {
  return [...new Set(asked.map((options) => JSON.stringify(options)))].map((text) => JSON.parse(text));
}

test("the list here has every wrapper that gym exports", () => {
  const exported = Object.entries(gym).filter(
    ([, value]) => typeof value === "function" && value.prototype instanceof gym.Wrapper,
  );
  expect(exported.map(([name]) => name).sort()).toEqual(NAMES.toSorted());
});

describe("the options of a reset reach the environment", () => {
  test.each(ALONE_AND_NESTED.map((names) => [names.join(" of "), names] as const))("through %s", (_, names) => {
    const { env, toy } = wrapped(names);
    env.reset({ seed: 1, options: GIVEN });
    expect([toy.alterAfter, distinct(toy.asked)]).toEqual([7, [GIVEN]]);
    toy.asked.length = 0;
    env.reset();
    expect(distinct(toy.asked)).toEqual([optionsWithout(names)]);
    const copy = env.fork();
    copy.reset({ options: GIVEN });
    expect((copy.unwrapped as unknown as BoxToy).alterAfter).toBe(7);
  });

  test.each(["same-step", "next-step", "disabled"] as const)("and hold after an autoreset (%s)", (autoresetMode) => {
    for (const names of ALONE_AND_NESTED) {
      const { env, toy } = wrapped(names);
      const vector = new gym.VectorEnv([env as AnyEnv], { autoresetMode });
      vector.reset({ seed: 1, options: GIVEN });
      let ends = 0;
      for (let step = 0; step < 200; step++) {
        vector.step(ACTION);
        if (vector.finalInfos[0] === null) continue;
        ends++;
        if (autoresetMode === "disabled") vector.resetEnv(0, { options: GIVEN });
      }
      expect(ends, names.join(" of ")).toBeGreaterThan(2);
      expect(distinct(toy.asked), names.join(" of ")).toEqual([GIVEN]);
      toy.asked.length = 0;
      vector.reset();
      expect(distinct(toy.asked), names.join(" of ")).toEqual([optionsWithout(names)]);
    }
  });
});

describe("episodes of CartPole start from low 0.1 to high 0.11", () => {
  const options = { low: 0.1, high: 0.11 };
  const startsThere = (observation: Float32Array) =>
    observation.every((value) => value >= Math.fround(0.1) && value <= Math.fround(0.11));

  test("also where the rule of LateStart ends them", () => {
    const make = () => registry.make<Float32Array, number>("cartpole");
    const random = gym.randomStream(3, "x");
    const env = new gym.LateStart(make(), { latest: BEYOND_THE_END, rule: () => 1, random });
    for (let seed = 0; seed < 4; seed++) expect(startsThere(env.reset({ seed, options }).observation)).toBe(true);
  });

  test.each(["same-step", "next-step"] as const)("also after autoresets (%s)", (autoresetMode) => {
    const vector = registry.makeVec("cartpole", { numEnvs: 1, autoresetMode });
    vector.reset({ seed: 1, options });
    for (let episode = 0; episode < 3; episode++) {
      expect(startsThere(vector.observations)).toBe(true);
      do vector.step(Int32Array.of(1));
      while (vector.finalInfos[0] === null);
      if (autoresetMode === "next-step") vector.step(Int32Array.of(1));
    }
  });
});
