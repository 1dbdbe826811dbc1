import { expect, test } from "vitest";
import { centredRanks } from "../../agents/es.ts";
import { createTrainer } from "../../agents/index.ts";
import type { TrainingRecord } from "../../agents/trainer.ts";
import { registry } from "../../envs/index.ts";
import { VectorEnv } from "../../gym/vector_env.ts";
import { identityVector } from "./identity_env.ts";

function train(alias: string, overrides: Record<string, unknown>): TrainingRecord[] {
  const trainer = createTrainer("es", {
    vectorEnv: (numEnvs) => identityVector(alias, numEnvs),
    seed: 1,
    totalSteps: 20_000,
    overrides: { pairs: 12, sigma: 0.1, learningRate: 0.05, ...overrides },
  });
  const records: TrainingRecord[] = [];
  while (!trainer.done) {
    records.push(trainer.update());
  }
  trainer.dispose();
  return records;
}

test("ranks run from -0.5 to 0.5, and equal values share their rank", () => {
  expect([...centredRanks(Float64Array.of(3, -7, 100))]).toEqual([0, -0.5, 0.5]);
  expect([...centredRanks(Float64Array.of(5, 1, 5, 9))]).toEqual([0, -0.5, 0, 0.5].map((x) => expect.closeTo(x)));
  expect([...centredRanks(Float64Array.of(2, 2))]).toEqual([0, 0]);
});

test("all members of a generation play the same episodes", () => {
  // The perturbations are too small to change any action. So members could differ only by their episodes, and do not.
  const [record] = train("identity-discrete", { sigma: 1e-12, pairs: 5 });
  expect(record.fitness_std).toBe(0);
  expect(record.gradient_norm).toBe(0);
});

test("a resumed training equals one that was never interrupted", () => {
  const create = () =>
    createTrainer("es", {
      vectorEnv: (numEnvs) => identityVector("identity-box", numEnvs),
      seed: 1,
      totalSteps: 2_000,
    });
  const [whole, resumed] = [create(), create()];
  whole.update();
  resumed.restore(structuredClone(whole.state()));
  for (const trainer of [whole, resumed]) {
    while (!trainer.done) {
      trainer.update();
    }
  }
  expect(resumed.policy().parameters).toEqual(whole.policy().parameters);
});

test("the cost objective learns as the return does when their optima agree", () => {
  const byReturn = train("identity-discrete", {});
  const byCost = train("identity-discrete", { objective: "cost" });
  // The cost of an episode in this environment is that of its last step: another number with the same optimum.
  expect(byReturn.at(-1)!.episodic_return).toBeGreaterThan(7);
  expect(byCost.at(-1)!.fitness_best).toBe(1);
});

test("an environment without a cost is refused as soon as the cost is needed", () => {
  const trainer = createTrainer("es", {
    vectorEnv: () => new VectorEnv([registry.make("CartPole-v1")]),
    seed: 1,
    totalSteps: 1_000,
    overrides: { objective: "cost" },
  });
  expect(() => trainer.update()).toThrow(
    'objective "cost" needs a number info.cost at the end of an episode of CartPole-v1',
  );
  trainer.dispose();
});

test("standardised fitness and weight decay learn too", () => {
  const records = train("identity-box", { fitness: "standardised", weightDecay: 0.01 });
  expect(records.at(-1)!.episodic_return).toBeGreaterThan(records[0].episodic_return! + 1);
});
