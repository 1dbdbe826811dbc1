import { expect, it } from "vitest";
import { trainingRecords } from "../../../harness/benchmark/result_records.ts";
import { Evaluator } from "../../../harness/evaluate/evaluate.ts";
import { simulate } from "../../../harness/evaluate/simulate.ts";
import { findPolicy } from "../../../harness/play/find_policy.ts";
import { CONFIG_FORMAT, type RunConfig, RunDirectory } from "../../../harness/run/run_directory.ts";
import { type TrainedSeed, trainSeed } from "../../../harness/train/train_seed.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

it("trains with settings of the environment, and the policy keeps those that are its own", async () => {
  const options = { information: "int", mtuPerChunk: 2 };
  const config: RunConfig = {
    ...CONFIG_FORMAT,
    env: "ring0/CongestionControl-v1",
    agent: "es",
    seed: 1,
    seeds: 1,
    steps: 1,
    set: { pairs: 1, episodes: 1 },
    hyperparameters: {},
    options,
    keep: "best",
    backend: { asked: "auto", got: "none" },
    evaluations: 1,
    episodes: { validation: 1, test: 1 },
    versions: {},
    created: "2026-01-01T00:00:00.000Z",
  };
  const run = RunDirectory.create(temporaryFolder());
  const validation = new Evaluator(config.env, "validation", { episodes: 1, options });
  const trained = await trainSeed({ run, config, validation });
  const { kept } = trained;

  const policy = findPolicy("congestion", run.path);
  expect(policy).toMatchObject({ name: "es", sees: "RTT+INT", options: { information: "int" } });
  // What training found on the validation split is found again with the saved policy.
  const scores = validation.evaluate(policy).map(({ score }) => score!);
  expect(scores.reduce((sum, score) => sum + score, 0) / scores.length).toBe(kept!.value);

  // Rows of results say all that decided them, whether it was begun twice too.
  const test = validation.evaluate(policy, 1).slice(0, 1);
  const settings = (of: TrainedSeed) => trainingRecords(config, of, test, "1.0.0", "a machine")[0].settings;
  const said =
    "episodes=1 steps=1 backend=none evaluations=1 validation_episodes=1 keep=best resumed=no set.pairs=1 set.episodes=1";
  expect(settings(trained)).toBe(`${said} option.information="int" option.mtuPerChunk=2`);
  expect(settings(await trainSeed({ run, config, validation }))).toContain("resumed=yes");

  const asked = { env: "congestion", policy: run.path, workload: "lone" };
  const own = await simulate(asked);
  expect(own.options).toEqual({ information: "int" });
  const other = await simulate({ ...asked, options: ["information=ecn", "gbps=50"] });
  expect(other.options).toEqual({ information: "ecn", gbps: 50 });
  expect(other.mean.cost).not.toBe(own.mean.cost);
});
