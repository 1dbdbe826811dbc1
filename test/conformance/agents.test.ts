import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memory } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { selectBackend } from "../../agents/backend.ts";
import { loadCheckpoint, loadPolicy, saveCheckpoint, savePolicy } from "../../agents/checkpoint.ts";
import { agents, createTrainer, findAgent } from "../../agents/index.ts";
import type { Trainer, TrainingRecord } from "../../agents/trainer.ts";
import type { Registry } from "../../gym/registry.ts";
import { environments } from "../../harness/problems/index.ts";
import { hyperparameterPreset } from "../../harness/problems/training_defaults.ts";
import { randomStream } from "../../kernel/random.ts";
import { IDENTITY_FORMS, identityRegistry, identityVector } from "../agents/identity_env.ts";
import { rowsRegistry, rowsVector } from "../agents/rows_env.ts";

/** Tasks whose observation describes the whole situation. */
const WHOLE = ["identity-discrete", "identity-box", "identity-masked-multi", "identity-box-rows"];
/** Those of them with categorical actions. */
const CATEGORICAL = ["identity-discrete", "identity-masked-multi"];
/** Tasks whose actions are described by features: agents must score them with shared weights. */
const SCORED = ["rows", "rows-large"];

/**
 * Small settings for each agent, the tasks it can learn, two at least, and a hyperparameter that must be positive, unless it
 * is the learning rate. A new agent adds a line.
 */
const AGENTS: Record<string, { settings: Record<string, unknown>; forms: readonly string[]; positive?: string }> = {
  ppo: { settings: { numEnvs: 4, numSteps: 16, minibatchSize: 32, hidden: [8] }, forms: [...WHOLE, "rows"] },
  es: { settings: { pairs: 3, episodes: 1, hidden: [8] }, forms: [...WHOLE, "rows"] },
  "ppo-es": {
    settings: {
      ppoSteps: 300,
      ppo: { numEnvs: 4, numSteps: 16, minibatchSize: 32, hidden: [8], normalizeObservations: false },
      es: { pairs: 3, episodes: 1 },
    },
    forms: WHOLE,
    positive: "ppoSteps",
  },
  rollout: { settings: { episodes: 1, probes: 1, horizon: 3 }, forms: CATEGORICAL, positive: "horizon" },
  bandit: {
    settings: { numEnvs: 4, numSteps: 16, settleSteps: 2, replaySize: 256, minibatchSize: 32, hidden: [8] },
    forms: SCORED,
  },
};
const TIME_COLUMNS = ["steps_per_second", "wall_seconds"];

function makeTrainer(agent: string, alias: string, { seed = 1, totalSteps = 600, ...more } = {}): Trainer {
  const scored = SCORED.includes(alias);
  return createTrainer(agent, {
    vectorEnv: (numEnvs) => (scored ? rowsVector : identityVector)(alias, numEnvs),
    seed,
    totalSteps,
    overrides: { ...AGENTS[agent].settings, ...(scored ? { network: "scorer" } : {}), ...more },
  });
}

function registryOf(alias: string): Registry {
  return SCORED.includes(alias) ? rowsRegistry : identityRegistry;
}

function finish(trainer: Trainer): TrainingRecord[] {
  const records: TrainingRecord[] = [];
  while (!trainer.done) {
    records.push(trainer.update());
  }
  return records;
}

function withoutTimes(records: TrainingRecord[]): TrainingRecord[] {
  return records.map((record) =>
    Object.fromEntries(Object.entries(record).filter(([name]) => !TIME_COLUMNS.includes(name))),
  );
}

beforeAll(async () => {
  await selectBackend("wasm");
});

describe.each(agents.map(({ name }) => name))("%s", (agent) => {
  const { forms, positive = "learningRate" } = AGENTS[agent];
  const [one, another] = forms;

  describe.each(forms)("on %s", (alias) => {
    test("one seed gives one log and one policy, another seed another", () => {
      const [first, again, other] = [1, 1, 2].map((seed) => {
        const trainer = makeTrainer(agent, alias, { seed });
        const records = withoutTimes(finish(trainer));
        const { parameters } = trainer.policy();
        trainer.dispose();
        return { records, parameters };
      });
      expect(again).toEqual(first);
      expect(other.records).not.toEqual(first.records);
      expect(other.parameters).not.toEqual(first.parameters);
    });

    test("a checkpoint on disk resumes: same weights at once, and every resumption goes on alike", () => {
      const folder = join(mkdtempSync(join(tmpdir(), "conformance-")), "checkpoint");
      const trainer = makeTrainer(agent, alias);
      trainer.update();
      trainer.update();
      saveCheckpoint(folder, trainer.state());
      const resumed = [0, 1].map(() => {
        const copy = makeTrainer(agent, alias);
        copy.restore(loadCheckpoint(folder));
        expect(copy.policy().parameters).toEqual(trainer.policy().parameters);
        expect(copy.policy().normaliser?.toJSON()).toEqual(trainer.policy().normaliser?.toJSON());
        expect(copy.stepsDone).toBe(trainer.stepsDone);
        expect(copy.updatesDone).toBe(2);
        const records = withoutTimes(finish(copy));
        const { parameters } = copy.policy();
        copy.dispose();
        return { records, parameters };
      });
      expect(resumed[1]).toEqual(resumed[0]);
      expect(resumed[0].records.length).toBeGreaterThan(0);
      trainer.dispose();
      rmSync(join(folder, ".."), { recursive: true });
    });

    test("a saved policy acts as the trainer's, greedily and with noise, inside the space and the mask", () => {
      const folder = join(mkdtempSync(join(tmpdir(), "conformance-")), "policy");
      const trainer = makeTrainer(agent, alias);
      trainer.update();
      const policy = trainer.policy();
      savePolicy(folder, policy);
      const env = registryOf(alias).make<Float32Array>(alias);
      const loaded = loadPolicy(folder, {
        ...env,
        env: env.spec.id,
        observationSpace: env.observationSpace,
        actionSpace: env.actionSpace,
      });
      expect(loaded.algorithm).toBe(agent);
      for (const noise of [null, randomStream(1, "noise")]) {
        const copy = noise?.fork() ?? null;
        let { observation } = env.reset({ seed: 5 });
        for (let over = false; !over; ) {
          const action = policy.act(observation, env.rows, env.actionMask(), noise);
          expect(loaded.act(observation, env.rows, env.actionMask(), copy)).toEqual(action);
          const result = env.step(action);
          observation = result.observation;
          over = result.terminated || result.truncated;
        }
      }
      trainer.dispose();
      rmSync(join(folder, ".."), { recursive: true });
    });

    test("the records of the log have the same names, numbers or null, and steps that count up to the end", () => {
      const trainer = makeTrainer(agent, alias);
      const records = finish(trainer);
      const names = ["step", "episodes", "episodic_return", "episodic_length", "learning_rate", ...TIME_COLUMNS];
      expect(Object.keys(records[0])).toEqual(expect.arrayContaining(names));
      let before = 0;
      for (const record of records) {
        expect(Object.keys(record)).toEqual(Object.keys(records[0]));
        expect(Object.values(record).every((value) => value === null || Number.isFinite(value))).toBe(true);
        expect(record.step).toBeGreaterThan(before);
        before = record.step!;
      }
      expect(before).toBe(trainer.stepsDone);
      expect(before).toBeGreaterThanOrEqual(trainer.totalSteps);
      expect(records.at(-1)!.episodic_length).toBe(10);
      expect(() => trainer.update()).toThrow("training is over");
      trainer.dispose();
    });
  });

  test("no tensor outlives an update", () => {
    const trainer = makeTrainer(agent, one);
    trainer.update();
    const { numTensors } = memory();
    trainer.update();
    trainer.update();
    expect(memory().numTensors).toBe(numTensors);
    trainer.dispose();
    expect(memory().numTensors).toBe(numTensors);
  });

  test("a policy is a copy that further training leaves alone", () => {
    const trainer = makeTrainer(agent, one);
    trainer.update();
    const policy = trainer.policy();
    const parameters = policy.parameters.slice();
    const normaliser = policy.normaliser?.toJSON();
    trainer.update();
    expect(policy.parameters).toEqual(parameters);
    expect(policy.normaliser?.toJSON()).toEqual(normaliser);
    expect(trainer.policy().parameters).not.toEqual(parameters);
    trainer.dispose();
  });

  test("a state of another training is refused", () => {
    const state = makeTrainer(agent, one).state();
    expect(() => makeTrainer(agent, one, { seed: 2 }).restore(state)).toThrow(
      "cannot resume: the state's seed is 1, this training's is 2",
    );
    expect(() => makeTrainer(agent, another).restore(state)).toThrow("the state's env is");
    expect(() => makeTrainer(agent, one, { [positive]: 5 } as object).restore(state)).toThrow("the state's options is");
    const { parameters: _, ...arrays } = state.arrays;
    expect(() => makeTrainer(agent, one).restore({ ...state, arrays })).toThrow('array "parameters" has no numbers');
  });

  test("wrong hyperparameters are refused by name", () => {
    const misspelt = `${positive}s`;
    expect(() => makeTrainer(agent, one, { [misspelt]: 1 } as object)).toThrow(
      `unknown hyperparameter of ${agent}: "${misspelt}"; did you mean "${positive}"?`,
    );
    expect(() => makeTrainer(agent, one, { [positive]: -1 } as object)).toThrow(
      `hyperparameter ${positive} of ${agent}: `,
    );
    expect(() => makeTrainer(agent, one, { totalSteps: 0 })).toThrow("positive whole number, got 0");
  });

  test("every preset is valid", () => {
    const entry = findAgent(agent);
    for (const preset of [{}, ...environments.map(({ id }) => hyperparameterPreset(id, agent))]) {
      expect(() => entry.options(preset)).not.toThrow();
    }
  });
});

test("an unknown agent suggests a known one", () => {
  expect(() => findAgent("pppo")).toThrow('unknown agent "pppo"; did you mean "ppo"?');
});

test("there are settings here for every agent, and every form is known", () => {
  expect(Object.keys(AGENTS)).toEqual(agents.map(({ name }) => name));
  const known = [...IDENTITY_FORMS, ...rowsRegistry.list()].map(({ alias }) => alias);
  expect(known).toEqual(expect.arrayContaining([...WHOLE, ...SCORED]));
});
