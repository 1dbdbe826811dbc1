import { beforeAll, describe, expect, it } from "vitest";
import { selectBackend } from "../../../agents/backend.ts";
import { agents, createTrainer, findAgent } from "../../../agents/index.ts";
import { registry } from "../../../envs/index.ts";
import { VectorEnv } from "../../../gym/vector_env.ts";
import { DefaultOptions } from "../../../gym/wrappers/default_options.ts";
import { makeForPlay } from "../../../harness/play/make_env.ts";
import { hyperparameterPreset } from "../../../harness/problems/training_defaults.ts";
import { UsageError } from "../../../harness/run/usage_error.ts";
import { planRun } from "../../../harness/train/plan_run.ts";

/** The least that an update of each agent can be. */
const SMALLEST: Readonly<Record<string, Record<string, unknown>>> = {
  ppo: { numEnvs: 2, numSteps: 16, minibatchSize: 32, updateEpochs: 1 },
  es: { pairs: 1, episodes: 1, everyWorkload: false },
  "ppo-es": { ppoSteps: 32 },
  bandit: { numEnvs: 2, numSteps: 16, settleSteps: 8, minibatchSize: 8, gradientSteps: 1, latestStart: 0 },
  rollout: { episodes: 1, probes: 1, horizon: 1 },
};

/** Settings that make an episode short, of those that an environment has. */
const SHORT: Readonly<Record<string, number>> = { pages: 256, accesses: 2000, duration_ms: 20, bytes: 1000 };

const pairs = registry.list().flatMap(({ id }) => agents.map(({ name }) => [name, id] as const));

beforeAll(() => selectBackend("wasm"));

describe.each(pairs)("%s in %s", (agent, id) => {
  const env = registry.make(id);
  const refusal = findAgent(agent).refusal(env);
  const { rows } = env;
  env.close();

  if (refusal !== null) {
    it("is refused in one line that says why and which agents fit", async () => {
      const error: Error = await planRun({ env: id, agent }).then(
        () => Promise.reject(new Error("it was not refused")),
        (thrown) => thrown,
      );
      expect(error).toBeInstanceOf(UsageError);
      expect(error.message).toContain(`the agent ${agent} cannot learn ${id}: ${refusal}; agents that can: ppo, es`);
      expect(error.message).not.toContain("\n");
      // What the trainer itself would say, if it were asked.
      if (agent === "bandit" && rows === 1) expect(() => trainer(agent, id)).toThrow(RangeError);
    });
    return;
  }

  it("trains with the defaults that a user gets", async () => {
    const { steps, hyperparameters } = await planRun({ env: id, agent, backend: "wasm" });
    expect(steps).toBeGreaterThan(0);
    expect(Object.keys(hyperparameters).length).toBeGreaterThan(0);
    const learner = trainer(agent, id);
    const { step } = learner.update();
    learner.dispose();
    expect(step).toBeGreaterThan(0);
  });
});

function trainer(agent: string, id: string) {
  const known = registry.spec(id).options.map(({ name }) => name);
  const short = Object.fromEntries(Object.entries(SHORT).filter(([name]) => known.includes(name)));
  // Not every workload takes the size of its messages.
  if ("bytes" in short) short.workload = "incast" as never;
  return createTrainer(agent, {
    overrides: { ...hyperparameterPreset(id, agent), ...SMALLEST[agent] },
    seed: 1,
    totalSteps: 1_000_000,
    vectorEnv: (count, wrap = (env) => env) =>
      new VectorEnv(
        Array.from({ length: count }, (_, i) => wrap(new DefaultOptions(makeForPlay(id, ["train"]), short), i)),
      ),
  });
}
