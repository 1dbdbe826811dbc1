import { beforeAll, expect, it } from "vitest";
import { selectBackend } from "../../../agents/backend.ts";
import { createTrainer } from "../../../agents/index.ts";
import { registry } from "../../../envs/index.ts";
import { VectorEnv } from "../../../gym/vector_env.ts";
import { playEpisode } from "../../../harness/play/episode.ts";
import { greedyPolicy } from "../../../harness/play/policy.ts";
import { hyperparameterPreset } from "../../../harness/problems/training_defaults.ts";

beforeAll(async () => {
  await selectBackend("wasm");
});

it.each(["readahead", "readahead-sync"])("the bandit trains on %s, and its policy plays there", (alias) => {
  const { id } = registry.spec(alias);
  const trainer = createTrainer("bandit", {
    vectorEnv: (count) => new VectorEnv(Array.from({ length: count }, () => registry.make(id, { splits: ["train"] }))),
    seed: 1,
    totalSteps: 1024,
    overrides: {
      ...hyperparameterPreset(id, "bandit"),
      numEnvs: 2,
      numSteps: 256,
      settleSteps: 64,
      minibatchSize: 128,
      gradientSteps: 4,
    },
  });
  const rows = [];
  while (!trainer.done) rows.push(trainer.update());
  const policy = trainer.policy();
  trainer.dispose();
  // What is not settled yet waits.
  expect(rows.map(({ remembered }) => remembered)).toEqual([2 * (256 - 65), 2 * (512 - 65)]);
  for (const { loss } of rows) expect(loss).toBeGreaterThan(0);
  const env = registry.make(id, { wrap: false, splits: ["train"] });
  const options = { workload: "mixed", accesses: 5000 };
  const { cost, steps } = playEpisode(env, greedyPolicy("bandit", policy), 3, options);
  expect(steps).toBeGreaterThan(0);
  expect(cost).toBeGreaterThan(0);
});
