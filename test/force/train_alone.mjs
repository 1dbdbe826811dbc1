// Program of tests/force: trains a bandit without the final evaluation, which takes minutes in the environment that has
// arms. Arguments: the folder of the built program, and that of the run.
import { existsSync } from "node:fs";
import { join } from "node:path";

const [, , built, path] = process.argv;
const load = (name) => import(join(built, "dist", name));
const { Evaluator } = await load("harness/evaluate/evaluate.js");
const { whileClaimed } = await load("harness/run/claim_folder.js");
const { RunDirectory } = await load("harness/run/run_directory.js");
const { loadBackend, planRun } = await load("harness/train/plan_run.js");
const { trainSeed } = await load("harness/train/train_seed.js");

const begins = !existsSync(join(path, "config.json"));
const { run, claim } = begins ? await RunDirectory.createClaimed(path) : await RunDirectory.openClaimed(path);
await whileClaimed(claim, undefined, async (signal) => {
  const set = { numEnvs: 2, numSteps: 32, settleSteps: 16, replaySize: 1024, gradientSteps: 1, minibatchSize: 32 };
  const options = { env: "readahead", agent: "bandit", steps: 1280, evaluations: 1, episodes: 1, set };
  const config = begins ? await planRun(options) : run.readConfig();
  if (begins) run.writeConfig(config);
  await loadBackend(config.backend.got);
  const validation = new Evaluator(config.env, "validation", { episodes: 1 });
  const { kept } = await trainSeed({ run, config, validation, signal });
  run.writeJson("summary.json", { kept: [{ validation: kept.value }] });
});
