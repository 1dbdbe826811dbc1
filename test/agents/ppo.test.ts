import { beforeAll, describe, expect, test } from "vitest";
import { CategoricalHead, GaussianHead } from "../../agents/action_head.ts";
import { selectBackend } from "../../agents/backend.ts";
import { createNetwork } from "../../agents/create_network.ts";
import { createTrainer } from "../../agents/index.ts";
import { type LossOptions, type Minibatch, ppoLoss } from "../../agents/ppo_loss.ts";
import type { TrainingRecord } from "../../agents/trainer.ts";
import { registry } from "../../envs/index.ts";
import { VectorEnv } from "../../gym/vector_env.ts";
import { hyperparameterPreset } from "../../harness/problems/training_defaults.ts";
import { randomStream } from "../../kernel/random.ts";
import { identityVector } from "./identity_env.ts";

beforeAll(async () => {
  await selectBackend("wasm");
});

describe("ppoLoss", () => {
  const options: LossOptions = { clipCoef: 0.2, clipVloss: false, entCoef: 0.03, vfCoef: 0.5 };

  function batchOf(count: number, actions: number[]): Minibatch {
    const random = randomStream(4, "batch");
    return {
      count,
      actions: Float32Array.from(actions),
      masks: null,
      logProbabilities: new Float32Array(count).map(() => -1.2 + 0.4 * random.normal()),
      advantages: new Float32Array(count).map(() => random.normal()),
      returns: new Float32Array(count).map(() => random.normal()),
      values: new Float32Array(count).map(() => random.normal()),
    };
  }

  function total(parts: ReturnType<typeof ppoLoss>, { entCoef, vfCoef }: LossOptions): number {
    return parts.policyLoss - entCoef * parts.entropy + vfCoef * parts.valueLoss;
  }

  test("equals a case computed by hand", () => {
    // Two equally likely actions; ratios 0.5 / 0.25 = 2 (clipped to 1.2) and 0.5 / 0.5 = 1.
    const batch: Minibatch = {
      count: 2,
      actions: Float32Array.of(0, 1),
      masks: null,
      logProbabilities: Float32Array.of(Math.log(0.25), Math.log(0.5)),
      advantages: Float32Array.of(1, -3),
      returns: Float32Array.of(2, 0),
      values: Float32Array.of(1, 1),
    };
    const outputs = Float32Array.of(0, 0, 1, 0, 0, 4);
    const dOutputs = new Float32Array(6);
    const parts = ppoLoss(batch, new CategoricalHead([2]), options, new Float32Array(0), outputs, dOutputs, outputs);
    expect(parts.policyLoss).toBeCloseTo((-1.2 + 3) / 2);
    expect(parts.valueLoss).toBeCloseTo((0.5 * 1 + 0.5 * 16) / 2);
    expect(parts.entropy).toBeCloseTo(Math.log(2));
    expect(parts.approxKl).toBeCloseTo((2 - 1 - Math.log(2)) / 2);
    expect(parts.clipfrac).toBeCloseTo(0.5);
    // The ratio of the first sample is clipped: its policy outputs have gradient 0. The second is pushed away from
    // action 1.
    const pushes = [0, 0, (0.5 * -1) / 2, (0.5 * -3) / 2, (0.5 * 3) / 2, (0.5 * 4) / 2];
    dOutputs.forEach((value, i) => {
      expect(value).toBeCloseTo(pushes[i], 5);
    });
    const clipped = ppoLoss(
      batch,
      new CategoricalHead([2]),
      { ...options, clipVloss: true },
      new Float32Array(0),
      outputs,
      dOutputs,
      outputs,
    );
    // The second value moved from 1 to 4, and its clipped form to 1.2; the larger error counts.
    expect(clipped.valueLoss).toBeCloseTo((0.5 * 1 + 0.5 * 16) / 2);
  });

  test.each([
    ["categorical", new CategoricalHead([2, 3]), [0, 2, 1, 1, 0, 0, 1, 2, 0, 1], false],
    ["gaussian", new GaussianHead([-1], [1]), [0.4, -0.3, 1.2, 0.1, -0.9], false],
    ["gaussian with clipped values", new GaussianHead([-1], [1]), [0.4, -0.3, 1.2, 0.1, -0.9], true],
  ] as const)("%s: the gradient equals finite differences", (_, head, actions, clipVloss) => {
    const count = 5;
    const batch = batchOf(count, [...actions]);
    const settings = { ...options, clipVloss };
    const random = randomStream(5, "outputs");
    const outputs = new Float32Array(count * (head.width + 1)).map(() => random.normal());
    const free = new Float32Array(head.freeParameters).fill(-0.2);
    const dOutputs = new Float32Array(outputs.length);
    const dFree = new Float32Array(free.length);
    ppoLoss(batch, head, settings, free, outputs, dOutputs, dFree);
    const loss = () =>
      total(
        ppoLoss(batch, head, settings, free, outputs, new Float32Array(outputs.length), new Float32Array(free.length)),
        settings,
      );
    for (const [array, gradient] of [
      [outputs, dOutputs],
      [free, dFree],
    ]) {
      for (let i = 0; i < array.length; i++) {
        const old = array[i];
        array[i] = old + 1e-3;
        const [high, up] = [array[i], loss()];
        array[i] = old - 1e-3;
        const numeric = (up - loss()) / (high - array[i]);
        array[i] = old;
        expect(gradient[i]).toBeCloseTo(numeric, 3);
      }
    }
  });
});

test("a truncated episode is bootstrapped from its final observation: the critic learns the endless return", () => {
  const gamma = 0.9;
  const trainer = createTrainer("ppo", {
    vectorEnv: (numEnvs) => identityVector("identity-discrete", numEnvs),
    seed: 3,
    totalSteps: 20_000,
    overrides: {
      numEnvs: 8,
      numSteps: 50,
      minibatchSize: 100,
      learningRate: 5e-3,
      hidden: [16],
      gamma,
      normalizeObservations: false,
      normalizeRewards: false,
    },
  });
  let record: TrainingRecord = {};
  while (!trainer.done) {
    record = trainer.update();
  }
  expect(record.episodic_return).toBeGreaterThan(9);
  const { parameters, network } = trainer.policy();
  const observations = Float32Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
  const outputs = createNetwork(network, 4, 4, 0).outputs(parameters, observations, 4);
  for (let state = 0; state < 4; state++) {
    // Without bootstrapping, episodes of ten steps would have a value of about 6.5 on average.
    expect(outputs[state * 5 + 4]).toBeGreaterThan(9);
    expect(outputs[state * 5 + 4]).toBeLessThan(10.5);
  }
  trainer.dispose();
});

test("PPO with the CartPole preset balances for 195 steps on average within 60,000 steps", () => {
  const trainer = createTrainer("ppo", {
    vectorEnv: (numEnvs) => new VectorEnv(Array.from({ length: numEnvs }, () => registry.make("CartPole-v1"))),
    seed: 1,
    totalSteps: 60_000,
    overrides: hyperparameterPreset("CartPole-v1", "ppo"),
  });
  let record: TrainingRecord = {};
  while (!trainer.done) {
    record = trainer.update();
  }
  trainer.dispose();
  expect(record.episodic_return).toBeGreaterThan(195);
});

test("a vector environment of another size or autoreset mode is refused", () => {
  const create = (vectorEnv: (numEnvs: number) => VectorEnv) => () =>
    createTrainer("ppo", { vectorEnv, seed: 1, totalSteps: 100, overrides: { numEnvs: 2 } });
  const make = () => registry.make("CartPole-v1");
  expect(create(() => new VectorEnv([make()]))).toThrow("PPO needs 2 environments that reset in the same step, got 1");
  expect(create(() => new VectorEnv([make(), make()], { autoresetMode: "disabled" }))).toThrow("got 2 (disabled)");
});

test("targetKl ends the passes early; annealing lowers the learning rate to nearly 0", () => {
  const records = [null, 1e-9].map((targetKl) => {
    const trainer = createTrainer("ppo", {
      vectorEnv: (numEnvs) => identityVector("identity-discrete", numEnvs),
      seed: 1,
      totalSteps: 512,
      overrides: { numEnvs: 4, numSteps: 32, minibatchSize: 32, targetKl, hidden: [8] },
    });
    const log: TrainingRecord[] = [];
    while (!trainer.done) {
      log.push(trainer.update());
    }
    trainer.dispose();
    return log;
  });
  expect(records[0].map(({ learning_rate }) => learning_rate)).toEqual([1e-3, 0.75e-3, 0.5e-3, 0.25e-3]);
  expect(records[1][0].approx_kl).toBeLessThan(records[0][0].approx_kl!);
});
