import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { selectBackend } from "../../agents/backend.ts";
import { createNetwork } from "../../agents/create_network.ts";
import { createTrainer } from "../../agents/index.ts";
import type { ScorerConfig } from "../../agents/network.ts";
import { NetworkPolicy } from "../../agents/network_policy.ts";
import { RunningMoments } from "../../gym/running_moments.ts";
import { Box, Discrete } from "../../gym/spaces.ts";
import { randomStream } from "../../kernel/random.ts";
import { identityVector } from "./identity_env.ts";
import { rowsRegistry, rowsVector } from "./rows_env.ts";

const ACTIONS = 7;
const FEATURES = 5;
const CONFIG: ScorerConfig = { kind: "scorer", hidden: [6, 5], value: "separate", features: FEATURES };

beforeAll(async () => {
  await selectBackend("wasm");
});

/** A network, parameters that are not small, and an observation whose columns 1 and 4 have equal values in all rows. */
function example(seed: number) {
  const network = createNetwork(CONFIG, ACTIONS * FEATURES, ACTIONS, 0);
  const random = randomStream(seed, "scorer");
  const parameters = network.initialise(random).map((value) => value + 0.5 * random.normal());
  const observation = new Float32Array(network.inputs).map(() => random.normal());
  for (let at = FEATURES; at < observation.length; at += FEATURES) {
    observation[at + 1] = observation[1];
    observation[at + 4] = observation[4];
  }
  return { network, parameters, observation };
}

test("permuted actions have permuted scores and the same value", () => {
  const orders = fc.shuffledSubarray([...Array(ACTIONS).keys()], { minLength: ACTIONS });
  fc.assert(
    fc.property(fc.nat(), orders, (seed, order) => {
      const { network, parameters, observation } = example(seed);
      const permuted = new Float32Array(observation.length);
      order.forEach((from, to) => {
        permuted.set(observation.subarray(from * FEATURES, (from + 1) * FEATURES), to * FEATURES);
      });
      const [before, after] = [observation, permuted].map((given) => network.outputs(parameters, given, 1));
      const acted = new Float32Array(network.stride);
      network.act(parameters, permuted, 0, acted, 0);
      order.forEach((from, to) => {
        expect(after[to]).toBeCloseTo(before[from], 4);
        expect(acted[to]).toBeCloseTo(before[from], 4);
      });
      expect(after[ACTIONS]).toBeCloseTo(before[ACTIONS], 4);
    }),
    { numRuns: 50 },
  );
});

test("the score of an action depends only on its own features", () => {
  const { network, parameters, observation } = example(1);
  const scores = (given: Float32Array) => {
    const outputs = new Float32Array(network.width);
    network.act(parameters, given, 0, outputs, 0);
    return outputs;
  };
  const changed = observation.map((value, i) => (Math.floor(i / FEATURES) === 3 ? value + 1 : value));
  const [before, after] = [scores(observation), scores(changed)];
  for (let a = 0; a < ACTIONS; a++) {
    if (a === 3) {
      expect(after[a]).not.toBeCloseTo(before[a], 2);
    } else {
      expect(after[a]).toBeCloseTo(before[a], 5);
    }
  }
});

test("acting reads and writes at the given offsets", () => {
  const { network, parameters, observation } = example(2);
  const expected = new Float32Array(ACTIONS);
  network.act(parameters, observation, 0, expected, 0);
  const observations = new Float32Array(3 + observation.length);
  observations.set(observation, 3);
  const outputs = new Float32Array(ACTIONS + 4).fill(-99);
  network.act(parameters, observations, 3, outputs, 2);
  expect(outputs.subarray(2, 2 + ACTIONS)).toEqual(expected);
  expect([outputs[1], outputs[2 + ACTIONS]]).toEqual([-99, -99]);
});

test("acting skips illegal actions and gives the others the same scores", () => {
  const { network, parameters, observation } = example(4);
  const all = new Float32Array(ACTIONS);
  network.act(parameters, observation, 0, all, 0);
  for (const legal of [[], [ACTIONS - 1], [0, 3, 4], [...all.keys()]]) {
    const mask = new Uint8Array(2 + ACTIONS).fill(1);
    for (let a = 0; a < ACTIONS; a++) mask[2 + a] = legal.includes(a) ? 1 : 0;
    const outputs = new Float32Array(ACTIONS).fill(-99);
    network.act(parameters, observation, 0, outputs, 0, mask, 2);
    outputs.forEach((score, a) => {
      expect(score).toBeCloseTo(legal.includes(a) ? all[a] : -99, 5);
    });
  }
});

test("initial scores are near 0 for any number of actions and features", () => {
  const network = createNetwork({ ...CONFIG, hidden: [32, 16], features: 40 }, 20 * 40, 20, 0);
  const random = randomStream(3, "scorer");
  const parameters = network.initialise(random);
  const outputs = new Float32Array(20);
  network.act(
    parameters,
    new Float32Array(800).map(() => random.normal()),
    0,
    outputs,
    0,
  );
  expect(Math.max(...outputs.map(Math.abs))).toBeLessThan(0.3);
});

test("PPO learns which features matter, in any order of the actions, and never takes a masked action", () => {
  const trainer = createTrainer("ppo", {
    vectorEnv: (numEnvs) => rowsVector("rows", numEnvs),
    seed: 1,
    totalSteps: 12_000,
    overrides: {
      network: "scorer",
      hidden: [16],
      numEnvs: 8,
      numSteps: 64,
      minibatchSize: 128,
      learningRate: 1e-2,
      gamma: 0,
    },
  });
  const first = trainer.update().episodic_return!;
  while (!trainer.done) {
    trainer.update();
  }
  const policy = trainer.policy();
  trainer.dispose();
  expect(first).toBeLessThan(4);

  const env = rowsRegistry.make<Float32Array>("rows", { splits: ["train"] });
  let total = 0;
  for (let seed = 0; seed < 20; seed++) {
    let { observation } = env.reset({ seed });
    for (let over = false; !over; ) {
      const step = env.step(policy.act(observation, 1, env.actionMask()));
      total += step.reward;
      observation = step.observation;
      over = step.terminated || step.truncated;
    }
  }
  expect(total / 200).toBeGreaterThan(0.95);
});

test("the actions of an observation share the statistics that normalise their features", () => {
  const trainer = createTrainer("ppo", {
    vectorEnv: (numEnvs) => rowsVector("rows", numEnvs),
    seed: 1,
    totalSteps: 512,
    overrides: { network: "scorer", hidden: [4], numEnvs: 4, numSteps: 128 },
  });
  trainer.update();
  const moments = trainer.policy().normaliser!;
  trainer.dispose();
  expect(moments).toBeInstanceOf(RunningMoments);
  expect(moments.size).toBe(5);
  expect(moments.count).toBeCloseTo(512 * 6, 2);
  // Two of six actions have each flag.
  expect(moments.mean[1]).toBeCloseTo(1 / 3);
  expect(moments.mean[2]).toBeCloseTo(1 / 3);
  expect(moments.variance[0]).toBeCloseTo(1, 1);
});

test.each(["ppo", "es", "bandit"])("%s refuses a scorer when spaces or options do not fit it", (agent) => {
  const create = (env: string, vectorEnv: typeof rowsVector, overrides: Record<string, unknown> = {}) => {
    return () =>
      createTrainer(agent, {
        vectorEnv: (numEnvs) => vectorEnv(env, numEnvs),
        seed: 1,
        totalSteps: 100,
        overrides: { network: "scorer", ...overrides },
      });
  };
  const needs = 'network "scorer" needs a Box of shape [A, F]';
  expect(create("rows-flat", rowsVector)).toThrow(needs);
  expect(create("rows-flat", rowsVector)).toThrow("got Box(-8, 8, [30]) and Discrete(6)");
  expect(create("identity-box", identityVector)).toThrow(RangeError);
  expect(create("identity-box", identityVector)).toThrow(needs);
  if (agent === "ppo") {
    expect(create("rows", rowsVector, { value: "shared" })).toThrow('value must be "separate"');
  }
});

test("a scorer needs the same number of features for each output", () => {
  expect(() => createNetwork(CONFIG, 36, ACTIONS, 0)).toThrow(
    "a scorer of 7 actions with 5 features needs 35 inputs, got 36",
  );
});

test("a policy refuses a normaliser with another number of features", () => {
  const network = createNetwork(CONFIG, ACTIONS * FEATURES, ACTIONS, 0);
  const parts = (normaliser: RunningMoments) => ({
    algorithm: "ppo",
    env: "test/rows-v1",
    observationSpace: new Box(-1, 1, [ACTIONS, FEATURES]),
    actionSpace: new Discrete(ACTIONS),
    network: CONFIG,
    parameters: new Float32Array(network.parameterCount),
    normaliser,
  });
  expect(() => new NetworkPolicy(parts(new RunningMoments(FEATURES)))).not.toThrow();
  expect(() => new NetworkPolicy(parts(new RunningMoments(ACTIONS * FEATURES)))).toThrow(
    "the normaliser is for 35 numbers, an action has 5",
  );
});
