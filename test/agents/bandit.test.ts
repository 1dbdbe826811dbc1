import { beforeAll, describe, expect, it } from "vitest";
import { selectBackend } from "../../agents/backend.ts";
import { createNetwork } from "../../agents/create_network.ts";
import { createTrainer } from "../../agents/index.ts";
import type { NetworkPolicy } from "../../agents/network_policy.ts";
import type { TrainingSetup } from "../../agents/trainer.ts";
import type { AnyEnv, StepResult } from "../../gym/env.ts";
import { CREDIT_DELAY, creditsRegistry, creditsVector } from "./credits_env.ts";
import { identityVector } from "./identity_env.ts";
import { rowsRegistry, rowsVector } from "./rows_env.ts";

const SETTINGS = {
  numEnvs: 8,
  numSteps: 32,
  settleSteps: 0,
  minibatchSize: 256,
  gradientSteps: 8,
  learningRate: 1e-2,
  scale: 1,
  hidden: [16],
};

beforeAll(async () => {
  await selectBackend("wasm");
});

function trainer(vectorEnv: TrainingSetup["vectorEnv"], totalSteps: number, overrides = {}) {
  return createTrainer("bandit", {
    vectorEnv,
    seed: 1,
    totalSteps,
    overrides: { ...SETTINGS, ...overrides },
  });
}

function train(vectorEnv: TrainingSetup["vectorEnv"], totalSteps: number, overrides = {}): NetworkPolicy {
  const training = trainer(vectorEnv, totalSteps, overrides);
  while (!training.done) training.update();
  const policy = training.policy();
  training.dispose();
  return policy;
}

/** Plays greedily; returns the mean of `measure` over all steps. */
function greedy(env: AnyEnv, policy: NetworkPolicy, measure: (result: StepResult<unknown>) => number): number {
  let total = 0;
  let steps = 0;
  for (let seed = 0; seed < 20; seed++) {
    let { observation } = env.reset({ seed });
    for (let over = false; !over; steps++) {
      const result = env.step(policy.act(observation, 1, env.actionMask()));
      total += measure(result);
      observation = result.observation;
      over = result.terminated || result.truncated;
    }
  }
  return total / steps;
}

/** The value that a policy predicts for an action with these features. */
function predicted({ network, parameters }: NetworkPolicy, ...features: number[]): number {
  const output = new Float32Array(1);
  createNetwork(network, features.length, 1, 0).act(parameters, Float32Array.from(features), 0, output, 0);
  return output[0];
}

describe("the bandit", () => {
  it("learns from rewards which features matter, in any order of the actions, and never takes a masked action", () => {
    const policy = train((n) => rowsVector("rows", n), 12_000);
    const env = rowsRegistry.make("rows", { splits: ["train"] });
    expect(greedy(env, policy, ({ reward }) => reward)).toBeGreaterThan(0.95);
  });

  describe("with credits that come later than the rewards and contradict them", () => {
    const env = creditsRegistry.make("credits", { splits: ["train"] });
    const worth = ({ info }: StepResult<unknown>) => info.worth as number;
    // The expected value of the best of five draws from -1 to 1 is 2/3.
    const BEST = 2 / 3;

    it("learns from the credits", () => {
      const policy = train(creditsVector, 6000, { settleSteps: CREDIT_DELAY });
      expect(greedy(env, policy, worth)).toBeGreaterThan(0.9 * BEST);
    });

    it("learns half as much when it does not wait for the second half of the credits", () => {
      // Epsilon is 1, so that the remembered decisions do not depend on the learned weights.
      const options = { epsilonStart: 1, epsilonEnd: 1 };
      const scores = [CREDIT_DELAY, CREDIT_DELAY - 1].map((settleSteps) => {
        const policy = train(creditsVector, 6000, { ...options, settleSteps });
        return predicted(policy, 1, 0, 0) - predicted(policy, -1, 0, 0);
      });
      expect(scores[1] / scores[0]).toBeCloseTo(0.5, 1);
    });
  });

  it("predicts a lower value the more cautious it is, when the features do not determine the value", () => {
    // The prediction is linear in the features, and so cannot express which flag counts.
    const [cautious, even, bold] = [0.1, 0.5, 0.9].map((expectile) => {
      const policy = train((n) => rowsVector("rows", n), 6000, {
        expectile,
        hidden: [],
        epsilonStart: 1,
        epsilonEnd: 1,
      });
      return predicted(policy, 1, 1, 0, 0, 0);
    });
    expect(cautious).toBeLessThan(even - 0.1);
    expect(bold).toBeGreaterThan(even + 0.1);
    // A flag counts in half of the states.
    expect(even).toBeGreaterThan(0.3);
    expect(even).toBeLessThan(0.7);
  });

  it.each([
    ["as much more of what a trusted rule would take as the margin says", { trusted: 1, margin: 0.6 }, 0.6],
    ["as much less of an action as the tax on its feature says", { taxed: 1, tax: 0.6 }, -0.6],
  ])("expects %s", (_, options, difference) => {
    // Both flags have the same value; rule and tax look at the first flag.
    const [even, changed] = [{}, options].map((given) => {
      const policy = train((n) => rowsVector("rows", n), 30_000, {
        hidden: [],
        epsilonStart: 1,
        epsilonEnd: 1,
        ...given,
      });
      return predicted(policy, 1, 1, 0, 0, 0) - predicted(policy, 1, 0, 1, 0, 0);
    });
    expect(Math.abs(even)).toBeLessThan(0.1);
    expect(changed - even).toBeCloseTo(difference, 1);
  });

  it("learns from parts of episodes too", () => {
    const env = creditsRegistry.make("credits", { splits: ["train"] });
    const parts = { latestStart: 40, episodeSteps: 25, trusted: 0 };
    const policy = train(creditsVector, 6000, { settleSteps: CREDIT_DELAY, ...parts });
    expect(greedy(env, policy, ({ info }) => info.worth as number)).toBeGreaterThan(0.9 * (2 / 3));
  });

  it.each(["trusted", "taxed"])("refuses a feature that does not exist (%s)", (option) => {
    expect(() => trainer((n) => rowsVector("rows", n), 6000, { [option]: 5 })).toThrow(
      `${option} must be one of 5 features, 0 to 4, got 5`,
    );
  });

  it("explores less and less, and remembers no more than replaySize decisions", () => {
    const training = trainer((n) => rowsVector("rows", n), 2560, {
      replaySize: 600,
      epsilonStart: 0.8,
      epsilonEnd: 0.3,
    });
    const rows = [];
    while (!training.done) rows.push(training.update());
    training.dispose();
    const epsilons = rows.map(({ epsilon }) => epsilon!);
    expect(epsilons[0]).toBe(0.8);
    expect(epsilons.at(-1)).toBeCloseTo(0.35, 9);
    for (let i = 1; i < epsilons.length; i++) expect(epsilons[i]).toBeLessThan(epsilons[i - 1]);
    expect(Math.max(...rows.map(({ remembered }) => remembered!))).toBe(600);
  });

  it("waits for a minibatch before it learns", () => {
    const training = trainer((n) => rowsVector("rows", n), 2560, { minibatchSize: 300 });
    const before = training.policy().parameters;
    expect(training.update().loss).toBeNull();
    expect(training.policy().parameters).toEqual(before);
    expect(training.update().loss).toBeGreaterThan(0);
    expect(training.policy().parameters).not.toEqual(before);
    training.dispose();
  });

  it("refuses observations that are not features for each action", () => {
    const create = (alias: string) => () => trainer((n) => identityVector(alias, n), 100);
    expect(create("identity-discrete")).toThrow('network "scorer" needs a Box of shape [A, F]');
    expect(create("identity-rows")).toThrow("the bandit learns in environments with one row, got");
    expect(() => trainer((n) => rowsVector("rows", n), 100, { network: "mlp" })).toThrow("network");
  });
});
