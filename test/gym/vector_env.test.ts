import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { registry } from "../../envs/index.ts";
import type { StepResult } from "../../gym/env.ts";
import { deriveSeed } from "../../gym/seeds.ts";
import { Box, MultiDiscrete, Tuple } from "../../gym/spaces.ts";
import { VectorEnv } from "../../gym/vector_env.ts";
import { OrderEnforcing } from "../../gym/wrappers/order_enforcing.ts";
import { TimeLimit } from "../../gym/wrappers/time_limit.ts";
import { compareWithSingles } from "../conformance/compare_with_singles.ts";
import { Toy } from "./toy_env.ts";

const cartPoles = (count: number) => Array.from({ length: count }, () => registry.make("CartPole-v1"));
const MODES = ["same-step", "next-step", "disabled"] as const;

/** Pushes every CartPole to the right until the first one falls, and returns which. */
function untilFirstEnd(vector: VectorEnv): number {
  const right = new Int32Array(vector.numEnvs).fill(1);
  while (!vector.step(right).terminations.includes(1)) {}
  return vector.terminations.indexOf(1);
}

describe("moves as single environments do", () => {
  test.each(MODES)("with any number of rows, masks and time limits (%s)", (autoresetMode) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 45 }),
        fc.nat(999_999),
        (count, rows, masked, limit, seed) => {
          const make = () => new OrderEnforcing(new TimeLimit(new Toy({ rows, masked }), limit));
          expect(compareWithSingles(make, count, { autoresetMode, seed, steps: 60 })).toBeNull();
        },
      ),
      { numRuns: 25 },
    );
  });
});

test("refuses the same environment twice, in whatever wrappers", () => {
  const [pole, other] = cartPoles(2);
  expect(() => new VectorEnv([pole, other, pole])).toThrow(
    new RangeError("VectorEnv: environments 0 and 2 are the same CartPole-v1; make one for each"),
  );
  expect(() => new VectorEnv([pole, new TimeLimit(pole, 10)])).toThrow(/environments 0 and 1 are the same/);
});

test("the comparison with single environments notices a difference", () => {
  let made = 0;
  const make = () => {
    const env = new Toy();
    const bonus = made++ < 2 ? 0 : 1e-6;
    const { demand } = env;
    env.demand = (row, position) => demand.call(env, row, position) - (position === 7 ? bonus : 0);
    return env;
  };
  expect(compareWithSingles(make, 2, { autoresetMode: "same-step", seed: 0, steps: 20 })).toMatch(
    /^step 7, env.* reward/,
  );
});

describe("the options of a reset", () => {
  const low = 0.1;
  const high = 0.11;
  /** Whether environment `i` starts where the options say. */
  const startsThere = ({ observations }: VectorEnv, i: number) =>
    observations.subarray(4 * i, 4 * i + 4).every((value) => value >= Math.fround(low) && value <= Math.fround(high));

  test.each(["same-step", "next-step"] as const)(
    "hold for the episodes that autoresets start (%s)",
    (autoresetMode) => {
      const vector = new VectorEnv(cartPoles(2), { autoresetMode });
      vector.reset({ seed: 1, options: { low, high } });
      for (let episode = 0; episode < 2; episode++) {
        expect(startsThere(vector, 0)).toBe(true);
        do vector.step(Int32Array.of(1, 0));
        while (vector.finalInfos[0] === null);
        if (autoresetMode === "next-step") vector.step(Int32Array.of(1, 0));
      }
      expect(startsThere(vector, 0)).toBe(true);
    },
  );

  test("hold until the next reset of that environment", () => {
    const vector = new VectorEnv(cartPoles(2));
    vector.reset({ seed: 1, options: { low, high } });
    vector.resetEnv(1);
    expect([startsThere(vector, 0), startsThere(vector, 1)]).toEqual([true, false]);
    vector.reset();
    vector.resetEnv(1, { options: { low, high } });
    expect([startsThere(vector, 0), startsThere(vector, 1)]).toEqual([false, true]);
    do vector.step(Int32Array.of(0, 1));
    while (vector.finalInfos[1] === null);
    expect(startsThere(vector, 1)).toBe(true);
  });

  test("are copied", () => {
    const options = { low, high };
    const vector = new VectorEnv(cartPoles(1));
    vector.reset({ seed: 1, options });
    Object.assign(options, { low: -0.05, high: 0.05 });
    do vector.step(Int32Array.of(1));
    while (vector.finalInfos[0] === null);
    expect(startsThere(vector, 0)).toBe(true);
  });
});

test("refuses an autoreset mode that there is not", () => {
  expect(() => new VectorEnv(cartPoles(1), { autoresetMode: "samestep" as "same-step" })).toThrow(
    'unknown autoreset mode "samestep"; did you mean "same-step"?',
  );
});

describe("autoreset", () => {
  test("same-step: the new episode's observation is shown, the last one kept", () => {
    const vector = new VectorEnv(cartPoles(3));
    expect(vector.autoresetMode).toBe("same-step");
    vector.reset({ seed: 1 });
    const ended = untilFirstEnd(vector);
    const shown = vector.observations.subarray(ended * 4, ended * 4 + 4);
    const final = vector.finalObservations.subarray(ended * 4, ended * 4 + 4);
    expect(Math.max(...shown.map(Math.abs))).toBeLessThanOrEqual(Math.fround(0.05));
    expect(Math.abs(final[2])).toBeGreaterThan(0.2);
    expect(vector.rewards[ended]).toBe(1);
    expect(vector.finalInfos[ended]).not.toBeNull();
    vector.step(Int32Array.of(0, 0, 0));
    expect(vector.terminations[ended]).toBe(0);
    expect(vector.finalInfos[ended]).toBeNull();
  });

  test("next-step: the following step resets, ignores the action and pays nothing", () => {
    const vector = new VectorEnv(cartPoles(1), { autoresetMode: "next-step" });
    vector.reset({ seed: 1 });
    untilFirstEnd(vector);
    expect(Math.abs(vector.observations[2])).toBeGreaterThan(0.2);
    expect(vector.observations).toEqual(vector.finalObservations);
    vector.step(Int32Array.of(99));
    expect([vector.rewards[0], vector.terminations[0]]).toEqual([0, 0]);
    expect(Math.max(...vector.observations.map(Math.abs))).toBeLessThanOrEqual(Math.fround(0.05));
  });

  test("disabled: stands still until it is reset alone", () => {
    const vector = new VectorEnv(cartPoles(1), { autoresetMode: "disabled" });
    vector.reset({ seed: 1 });
    untilFirstEnd(vector);
    const last = vector.observations.slice();
    vector.step(Int32Array.of(0));
    expect([vector.rewards[0], vector.terminations[0]]).toEqual([0, 1]);
    expect(vector.observations).toEqual(last);
    vector.resetEnv(0, { seed: 4 });
    expect(vector.terminations[0]).toBe(0);
    expect(vector.observations).toEqual(registry.make("CartPole-v1").reset({ seed: 4 }).observation);
  });

  test("termination wins over truncation", () => {
    class Both extends Toy {
      override step(action: unknown): StepResult<Float32Array, unknown> {
        return { ...super.step(action), terminated: true, truncated: true };
      }
    }
    const vector = new VectorEnv([new Both()]);
    vector.reset({ seed: 0 });
    vector.step(Int32Array.of(0));
    expect([vector.terminations[0], vector.truncations[0]]).toEqual([1, 0]);
  });
});

describe("reset", () => {
  test("derives one seed for each, in the split of the given one", () => {
    const envs = Array.from({ length: 8 }, () => registry.make("CartPole-v1", { splits: ["validation"] }));
    const { observations } = new VectorEnv(envs).reset({ seed: 1_500_000 });
    for (let i = 0; i < 8; i++) {
      const { observation } = registry.make("CartPole-v1").reset({ seed: deriveSeed(1_500_000, i) });
      expect(observations.slice(i * 4, i * 4 + 4)).toEqual(observation);
    }
  });

  test("takes a seed for each", () => {
    const vector = new VectorEnv(cartPoles(2));
    const { observations } = vector.reset({ seed: [7, 7] });
    expect(observations.slice(0, 4)).toEqual(observations.slice(4));
    expect(() => vector.reset({ seed: [7] })).toThrow("VectorEnv: 2 environments need as many seeds, got 1");
  });

  test("goes on without a seed, and passes options on", () => {
    const vector = new VectorEnv(cartPoles(2));
    const first = vector.reset({ seed: 7 }).observations.slice();
    expect(vector.reset().observations).not.toEqual(first);
    vector.reset({ seed: 7, options: { low: 0.1, high: 0.2 } });
    expect(Math.min(...vector.observations)).toBeGreaterThanOrEqual(Math.fround(0.1));
  });

  test("clears flags, rewards and final infos", () => {
    const vector = new VectorEnv(cartPoles(1));
    vector.reset({ seed: 1 });
    untilFirstEnd(vector);
    vector.reset();
    expect([vector.terminations[0], vector.rewards[0], vector.finalInfos[0]]).toEqual([0, 0, null]);
  });
});

describe("actions", () => {
  test("go to environments in the form of their space", () => {
    const seen: unknown[] = [];
    class Listener extends Toy {
      override step(action: { slice?: () => unknown }): StepResult<Float32Array, unknown> {
        seen.push(action.slice?.() ?? structuredClone(action));
        const reward = this.rows === 1 ? 0 : new Float32Array(this.rows);
        return { observation: this.observe(), reward, terminated: false, truncated: false, info: {} };
      }
    }
    const listen = (actionSpace: Toy["actionSpace"], rows: number, flat: number[]) => {
      const vector = new VectorEnv([Object.assign(new Listener({ rows }), { actionSpace })]);
      vector.reset({ seed: 0 });
      vector.step(Float32Array.from(flat));
      return seen.pop();
    };
    expect(listen(new MultiDiscrete([3, 4]), 1, [2, 3])).toEqual(Int32Array.of(2, 3));
    expect(listen(new Box(-1, 1, [2]), 1, [0.5, -0.5])).toEqual(Float32Array.of(0.5, -0.5));
    expect(listen(new Tuple([new MultiDiscrete([3]), new Box(0, 1)]), 1, [2, 0.5])).toEqual([
      Int32Array.of(2),
      Float32Array.of(0.5),
    ]);
    expect(listen(new Box(-1, 1, [2]), 2, [0.5, -0.5, 0, 1])).toEqual(Float32Array.of(0.5, -0.5, 0, 1));
  });

  test("that their space cannot hold are refused, not rounded", () => {
    const vector = new VectorEnv([Object.assign(new Toy(), { actionSpace: new MultiDiscrete([3, 4]) })]);
    vector.reset({ seed: 0 });
    expect(() => vector.step(Float32Array.of(1, 0.5))).toThrow(
      "test/Toy-v1: action [1, 0.5] is not in MultiDiscrete([3, 4])",
    );
    expect(() => vector.step(Float32Array.of(Number.NaN, 0))).toThrow("action [NaN, 0]");
  });

  test("of the wrong number are refused, and so is a step before the first reset", () => {
    const vector = new VectorEnv(cartPoles(2));
    expect(() => vector.step(Int32Array.of(0, 0))).toThrow("CartPole-v1: step refused: no episode has begun");
    vector.reset({ seed: 0 });
    expect(() => vector.step(Int32Array.of(0))).toThrow("VectorEnv: 2 rows of Discrete(2) need 2 numbers, got 1");
  });
});

test("masks are null where no environment has one, and all 1 for those without beside others", () => {
  const plain = new VectorEnv([new Toy(), new Toy()]);
  expect(plain.reset({ seed: 0 }).masks).toBeNull();
  const mixed = new VectorEnv([new Toy(), new Toy({ masked: true })]);
  expect(mixed.reset({ seed: 0 }).masks).toEqual(Uint8Array.of(1, 1, 1, 1, 1, 0));
});

test("buffers are reused", () => {
  const vector = new VectorEnv(cartPoles(2));
  const { observations, rewards, infos } = vector.reset({ seed: 0 });
  const step = vector.step(Int32Array.of(0, 1));
  expect([step.observations === observations, step.rewards === rewards, step.infos === infos]).toEqual([
    true,
    true,
    true,
  ]);
});

test("environments must be alike, and there must be one", () => {
  expect(() => new VectorEnv([])).toThrow("VectorEnv: at least one environment is needed");
  expect(() => new VectorEnv([new Toy(), new Toy({ rows: 2 })])).toThrow("their rows are 1 and 2");
  expect(() => new VectorEnv([new Toy(), ...cartPoles(1)])).toThrow("their ids are test/Toy-v1 and CartPole-v1");
});

test("close closes every environment", () => {
  const vector = new VectorEnv(cartPoles(2));
  vector.reset({ seed: 0 });
  vector.close();
  expect(() => vector.step(Int32Array.of(0, 0))).toThrow("the environment is closed");
});
