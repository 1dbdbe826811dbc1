import { describe, expect, it } from "vitest";
import { jobsOf, planBenchmark } from "../../../harness/benchmark/plan.ts";
import { problems } from "../../../harness/problems/index.ts";
import { trainingDefaults } from "../../../harness/problems/training_defaults.ts";

describe("planBenchmark", () => {
  it("trains the environment's own agent with ten seeds in every environment with heuristics", async () => {
    const runs = await planBenchmark({});
    expect(runs.map(({ env }) => env).sort()).toEqual(problems.map(({ id }) => id).sort());
    for (const { env, agent, seed, seeds, steps, episodes } of runs) {
      const defaults = trainingDefaults(env);
      expect(agent).toBe(defaults.agent);
      expect({ seed, seeds, steps, episodes }).toEqual({
        seed: 1,
        seeds: 10,
        steps: defaults.steps[agent],
        episodes: defaults.episodes,
      });
    }
  });

  it("takes the environments and agents that are asked for, where an agent was set up", async () => {
    const runs = await planBenchmark({
      envs: ["gpu", "tiering", "gpu"],
      agents: ["es", "rollout"],
      seeds: 4,
      episodes: 3,
    });
    expect(runs.map(({ env, agent }) => `${env} ${agent}`)).toEqual([
      "ring0/GpuPreemption-v1 es",
      "ring0/GpuPreemption-v1 rollout",
      "ring0/Tiering-v1 es",
    ]);
    for (const { seeds, episodes } of runs) expect([seeds, episodes.test]).toEqual([4, 3]);
  });

  it("leaves little of a quick one", async () => {
    const runs = await planBenchmark({ quick: true });
    expect(runs.map(({ env }) => env).sort()).toEqual([
      "ring0/CongestionControl-v1",
      "ring0/GpuPreemption-v1",
      "ring0/Readahead-v1",
      "ring0/Tiering-v1",
    ]);
    expect(runs.map(({ agent }) => agent)).toEqual(runs.map(({ env }) => trainingDefaults(env).agent));
    for (const { env, agent, seeds, steps, episodes } of runs) {
      expect({ seeds, steps }).toEqual({ seeds: 3, steps: trainingDefaults(env).steps[agent] / 20 });
      expect(episodes).toEqual({ validation: 1, test: env === "ring0/Readahead-v1" ? 1 : 2 });
    }
  });
});

it("begins with all rivals, then goes from seed to seed", async () => {
  const jobs = jobsOf(await planBenchmark({ envs: ["tiering", "gpu"], agents: ["es"], seeds: 2 }));
  expect(jobs.map(({ name }) => name)).toEqual([
    "tiering-rivals",
    "gpu-rivals",
    "tiering-es-seed-1",
    "gpu-es-seed-1",
    "tiering-es-seed-2",
    "gpu-es-seed-2",
  ]);
  expect(jobs.flatMap((job) => (job.kind === "training" ? [job.config.seeds] : []))).toEqual([1, 1, 1, 1]);
});
