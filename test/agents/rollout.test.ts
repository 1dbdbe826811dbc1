import { describe, expect, test } from "vitest";
import { BatchRidge } from "../../agents/batch_ridge.ts";
import { createTrainer } from "../../agents/index.ts";
import type { TrainingRecord } from "../../agents/trainer.ts";
import { randomStream } from "../../kernel/random.ts";
import { identityVector } from "./identity_env.ts";

function train(alias: string, overrides: Record<string, unknown> = {}, totalSteps = 12_000): TrainingRecord[] {
  const trainer = createTrainer("rollout", {
    vectorEnv: (numEnvs) => identityVector(alias, numEnvs),
    seed: 1,
    totalSteps,
    overrides: { episodes: 10, probes: 4, horizon: 1, ridge: 1, ...overrides },
  });
  const records: TrainingRecord[] = [];
  while (!trainer.done) records.push(trainer.update());
  trainer.dispose();
  return records;
}

describe("rollout policy iteration", () => {
  test.each(["identity-discrete", "identity-shifted", "identity-masked-multi"])(
    "solves %s, where the state tells the best alternative",
    (alias) => {
      expect(train(alias).at(-1)!.episodic_return).toBeGreaterThan(9.5);
    },
  );

  test("learns for each row separately", () => {
    expect(train("identity-rows").at(-1)!.episodic_return).toBeGreaterThan(9.5);
  });

  test("starts with the first alternatives and keeps them unless others score better by more than caution", () => {
    const [first] = train("identity-discrete", { caution: 100 }, 500);
    const last = train("identity-discrete", { caution: 100 }, 3000).at(-1)!;
    expect(last.episodic_return).toBeLessThan(5);
    expect(first.difference).toBeGreaterThan(0);
  });

  test("refuses actions that are not categorical", () => {
    expect(() => train("identity-box")).toThrow("alternatives are of Discrete, MultiDiscrete and MultiBinary");
  });
});

describe("batch ridge regression", () => {
  const sample = (ridge: number, samples = 200): Float64Array => {
    const fit = new BatchRidge(3);
    const random = randomStream(1, "ridge");
    for (let i = 0; i < samples; i++) {
      const [a, b] = [random.normal(), 10 * random.normal()];
      fit.add(Float64Array.of(a, b, 1), 2 * a - 0.3 * b + 5);
    }
    const coefficients = new Float64Array(3);
    fit.solve(ridge, coefficients);
    return coefficients;
  };

  test("finds the coefficients when the ridge is almost 0", () => {
    expect([...sample(1e-9)]).toEqual([2, -0.3, 5].map((value) => expect.closeTo(value, 5)));
  });

  test("shrinks features of all scales alike, but not the constant", () => {
    const [a, b, constant] = sample(200);
    expect(a / 2).toBeCloseTo(0.5, 1);
    expect(b / -0.3).toBeCloseTo(0.5, 1);
    expect(constant).toBeCloseTo(5, 0);
  });

  test("gives zeros without samples, and forgets by scale", () => {
    expect([...sample(1, 0)]).toEqual([0, 0, 0]);
    const fit = new BatchRidge(1);
    fit.add(Float64Array.of(1), 4);
    fit.scale(0.5);
    fit.add(Float64Array.of(1), 1);
    const mean = new Float64Array(1);
    fit.solve(0, mean);
    expect(mean[0]).toBe(2);
  });
});
