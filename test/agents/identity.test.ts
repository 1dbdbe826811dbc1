import { beforeAll, describe, expect, test } from "vitest";
import { selectBackend } from "../../agents/backend.ts";
import { createTrainer } from "../../agents/index.ts";
import type { NetworkPolicy } from "../../agents/network_policy.ts";
import { IDENTITY_FORMS, identityRegistry, identityVector } from "./identity_env.ts";

const TRAININGS = [
  {
    agent: "ppo",
    totalSteps: 8_000,
    overrides: { numEnvs: 8, numSteps: 32, minibatchSize: 64, learningRate: 5e-3, hidden: [16], gamma: 0 },
  },
  { agent: "es", totalSteps: 60_000, overrides: { pairs: 12, sigma: 0.1, learningRate: 0.05 } },
];

beforeAll(async () => {
  await selectBackend("wasm");
});

/** Mean reward of the greedy policy per step and row, over 20 episodes outside of training. */
function greedyReward(policy: NetworkPolicy, alias: string): number {
  const env = identityRegistry.make<Float32Array, unknown, number | Float32Array>(alias, { splits: ["test"] });
  let sum = 0;
  let count = 0;
  for (let episode = 0; episode < 20; episode++) {
    let { observation } = env.reset({ seed: 2_000_000 + episode });
    for (let over = false; !over; ) {
      const result = env.step(policy.act(observation, env.rows, env.actionMask()));
      observation = result.observation;
      over = result.terminated || result.truncated;
      for (const reward of typeof result.reward === "number" ? [result.reward] : result.reward) {
        sum += reward;
        count += 1;
      }
    }
  }
  return sum / count;
}

describe.each(TRAININGS)("$agent", ({ agent, totalSteps, overrides }) => {
  test.each(IDENTITY_FORMS.map(({ alias }) => alias))("solves %s", (alias) => {
    const trainer = createTrainer(agent, {
      vectorEnv: (numEnvs) => identityVector(alias, numEnvs),
      seed: 1,
      totalSteps,
      overrides,
    });
    expect(greedyReward(trainer.policy(), alias)).toBeLessThan(0.9);
    while (!trainer.done) {
      trainer.update();
    }
    expect(greedyReward(trainer.policy(), alias)).toBeGreaterThan(0.9);
    trainer.dispose();
  });
});
