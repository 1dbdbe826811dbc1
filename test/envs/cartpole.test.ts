import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { advanceCartPole } from "../../envs/cartpole.ts";
import { registry } from "../../envs/index.ts";
import { EnvUsageError } from "../../gym/env.ts";
import { Box, Discrete } from "../../gym/spaces.ts";
import { randomStream } from "../../kernel/random.ts";

const make = () => registry.make<Float32Array, number>("CartPole-v1");

/**
 * Lagrange's equations of a cart (1 kg) with a uniform pole (0.1 kg, 1 m long) on a joint, solved for both accelerations:
 *
 *     (M + m) x'' + m l cos(a) a''        = F + m l a'^2 sin(a)
 *     m l cos(a) x'' + (m l^2 + I) a''    = m g l sin(a),   I = m (2 l)^2 / 12
 */
function accelerations(angle: number, angularVelocity: number, force: number): { cart: number; pole: number } {
  const [M, m, l, g] = [1, 0.1, 0.5, 9.8];
  const inertia = (m * (2 * l) ** 2) / 12 + m * l ** 2;
  const coupling = m * l * Math.cos(angle);
  const right = [force + m * l * angularVelocity ** 2 * Math.sin(angle), m * g * l * Math.sin(angle)];
  const determinant = (M + m) * inertia - coupling ** 2;
  return {
    cart: (right[0] * inertia - coupling * right[1]) / determinant,
    pole: ((M + m) * right[1] - coupling * right[0]) / determinant,
  };
}

/** One step of 20 ms by those equations: each coordinate moves with its own derivative at the start of the step. */
function expectedStep([x, v, angle, spin]: readonly number[], action: number): number[] {
  const { cart, pole } = accelerations(angle, spin, action === 1 ? 10 : -10);
  return [x + 0.02 * v, v + 0.02 * cart, angle + 0.02 * spin, spin + 0.02 * pole];
}

describe("dynamics", () => {
  test("follow Lagrange's equations from any state", () => {
    const component = (bound: number) => fc.double({ min: -bound, max: bound, noNaN: true });
    fc.assert(
      fc.property(
        component(2.4),
        component(5),
        component(0.3),
        component(5),
        fc.integer({ min: 0, max: 1 }),
        (...s) => {
          const [x, v, angle, spin, action] = s;
          const state = Float64Array.of(x, v, angle, spin);
          advanceCartPole(state, action === 1 ? 10 : -10);
          expectedStep([x, v, angle, spin], action).forEach((value, i) => {
            expect(state[i]).toBeCloseTo(value, 12);
          });
        },
      ),
    );
  });

  test("follow them step by step over whole episodes", () => {
    const env = make();
    const random = randomStream(0, "test/cartpole");
    let observation = env.reset({ seed: 0 }).observation;
    let state = Array.from(observation);
    for (let steps = 0; steps < 2000; steps++) {
      const action = random.integer(2);
      const result = env.step(action);
      state = expectedStep(state, action);
      result.observation.forEach((value, i) => {
        // The start is known to 32 bits only, and the pole's fall magnifies its rounding.
        expect(value).toBeCloseTo(state[i], 4);
      });
      const [x, , angle] = result.observation;
      expect(result.terminated).toBe(Math.abs(x) > 2.4 || Math.abs(angle) > (12 * Math.PI) / 180);
      expect(result.truncated).toBe(false);
      expect(result.reward).toBe(1);
      if (result.terminated) {
        observation = env.reset().observation;
        state = Array.from(observation);
      }
    }
  });

  // Source: the outputs printed in the documentation of Gymnasium's VectorEnv and in chapter 18 of A. Geron, "Hands-On
  // Machine Learning", 3rd edition, for CartPole-v1 with seed 42; the second step in a public notebook.
  test("give the numbers published for Gymnasium", () => {
    const state = Float64Array.of(0.0273956, -0.00611216, 0.03585979, 0.0197368);
    advanceCartPole(state, 10);
    [0.02727336, 0.18847767, 0.03625453, -0.26141977].forEach((value, i) => {
      expect(state[i]).toBeCloseTo(value, 7);
    });
    advanceCartPole(state, -10);
    [0.03104291, -0.00714255, 0.03102613, 0.04247424].forEach((value, i) => {
      expect(state[i]).toBeCloseTo(value, 7);
    });
  });

  test("are the same in a mirror", () => {
    const [state, mirrored] = [Float64Array.of(0.3, -1, 0.1, 0.7), Float64Array.of(-0.3, 1, -0.1, -0.7)];
    advanceCartPole(state, 10);
    advanceCartPole(mirrored, -10);
    expect(mirrored).toEqual(state.map((value) => -value));
  });
});

test("spaces and spec are Gymnasium's", () => {
  const env = make();
  expect(env.actionSpace).toEqual(new Discrete(2));
  const angle = (24 * Math.PI) / 180;
  const infinite = Number.POSITIVE_INFINITY;
  expect(env.observationSpace).toEqual(new Box([-4.8, -infinite, -angle, -infinite], [4.8, infinite, angle, infinite]));
  expect(env.spec).toMatchObject({ id: "CartPole-v1", maxEpisodeSteps: 500, rewardThreshold: 475 });
});

test("starts uniformly in [-0.05, 0.05)", () => {
  const env = make();
  env.reset({ seed: 1 });
  const values = Array.from({ length: 500 }, () => Array.from(env.reset().observation)).flat();
  expect(Math.min(...values)).toBeGreaterThanOrEqual(Math.fround(-0.05));
  expect(Math.max(...values)).toBeLessThanOrEqual(Math.fround(0.05));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  // Five standard errors of 2000 uniform draws.
  expect(Math.abs(mean)).toBeLessThan((5 * 0.1) / Math.sqrt(12 * 2000));
  expect(variance).toBeCloseTo(0.1 ** 2 / 12, 4);
});

test("the option state sets the start in 64 bits, and the random stream goes on as without it", () => {
  const [env, twin] = [registry.make("cartpole"), registry.make("cartpole")];
  const start = [0.1, -1e-5, 1 / 30, 2];
  env.reset({ seed: 1, options: { state: start.join(",") } });
  env.step(1);
  const state = Float64Array.from(start);
  advanceCartPole(state, 10);
  expect(env.observe()).toEqual(Float32Array.from(state));
  twin.reset({ seed: 1 });
  expect(env.reset().observation).toEqual(twin.reset().observation);
  for (const bad of [
    "",
    "1,2,3",
    "0,0,0,0,0",
    "2.5,0,0,0",
    "0,0,0.3,0",
    "0,1e7,0,0",
    "0,0,NaN,0",
    "0x1,0,0,0",
    "0,,0,0",
  ]) {
    const message = "option state must be four decimals separated by commas (-2.4 to 2.4, -1000000 to 1000000, ";
    expect(() => env.reset({ options: { state: bad } }), bad).toThrow(message);
  }
  expect(() => env.reset({ options: { state: "0,0,0,0", low: 0 } })).toThrow("cannot be combined with low and high");
});

test("options low and high set the start", () => {
  const env = make();
  const { observation } = env.reset({ seed: 1, options: { low: 0.1, high: 0.11 } });
  expect(observation.every((value) => value >= Math.fround(0.1) && value <= Math.fround(0.11))).toBe(true);
});

test.each([
  [{ low: 0.1 }, "got low 0.1 and high 0.05 (its default)"],
  [{ low: 0.1, high: undefined }, "got low 0.1 and high 0.05 (its default)"],
  [{ high: -0.1 }, "got low -0.05 (its default) and high -0.1"],
  [{ low: 0.05, high: 0.05 }, "got low 0.05 and high 0.05"],
])("says which of low and high is a default where they contradict each other: %j", (options, got) => {
  expect(() => make().reset({ seed: 1, options })).toThrow(
    new RangeError(`CartPole-v1: option low must be below high, ${got}`),
  );
});

test("is truncated after 500 steps, with reward 1 each", () => {
  const env = make();
  let { observation } = env.reset({ seed: 2 });
  let steps = 0;
  let last: { terminated: boolean; truncated: boolean };
  let total = 0;
  do {
    // Pushes towards where the pole is falling: keeps it up.
    const result = env.step(observation[2] + observation[3] + 0.1 * observation[1] + 0.05 * observation[0] > 0 ? 1 : 0);
    last = result;
    observation = result.observation;
    total += result.reward;
    steps++;
  } while (!last.terminated && !last.truncated);
  expect([steps, total, last.terminated, last.truncated]).toEqual([500, 500, false, true]);
});

test.each([2, -1, 0.5, Number.NaN, "1", undefined, true])("refuses action %j", (action) => {
  const env = make();
  env.reset({ seed: 0 });
  const text = typeof action === "string" ? '"1"' : String(action);
  expect(() => env.step(action as number)).toThrow(
    new EnvUsageError(`CartPole-v1: action ${text} is not in Discrete(2)`),
  );
});

test("renders the cart where it is", () => {
  const env = make();
  env.reset({ seed: 0, options: { low: 0, high: 0.0001 } });
  expect(env.render()).toBe(`[${"-".repeat(24)}#${"-".repeat(24)}] cart 0.00 m, pole 0.0 degrees`);
});
