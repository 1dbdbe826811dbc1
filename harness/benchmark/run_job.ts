import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { BackendName } from "../../agents/backend.ts";
import { readJson } from "../../files/read_json.ts";
import { bench } from "../bench/bench.ts";
import type { EvaluationRecord } from "../compare/evaluation_record.ts";
import { Evaluator } from "../evaluate/evaluate.ts";
import { evaluateRivals } from "../evaluate/rivals.ts";
import { greedyPolicy } from "../play/policy.ts";
import { csvText } from "../run/csv.ts";
import { yieldToEventLoop } from "../run/interrupt.ts";
import { emptyFolder, RunDirectory } from "../run/run_directory.ts";
import { machineName } from "../run/versions.ts";
import { loadBackend } from "../train/plan_run.ts";
import { trainSeed } from "../train/train_seed.ts";
import { validate } from "../validate/validate.ts";
import { type Job, rivalsName } from "./plan.ts";
import { rivalRecords, trainingRecords } from "./result_records.ts";
import { resultsText } from "./results.ts";

/** The file that marks a job as finished. */
export const JOB_RESULTS = "results.csv";

/** The file with bounds and costs of the default in full precision, so that trainings need not compute them again. */
const YARDSTICKS = "yardsticks.json";

/**
 * Share of the progress of a training job for the training itself; the rest is the evaluation at the end. Source:
 * choice.
 */
const TRAINING_SHARE = 0.8;

/** The file with the machines that worked on a job, one after another: a training may go on elsewhere. */
const MACHINES = "machines.json";

/** Whether a job is finished. @param folder of the job */
export function isFinished(folder: string): boolean {
  return existsSync(join(folder, JOB_RESULTS));
}

/** The machines that worked on a job, see `machineName`; none if nothing says so. @param folder of the job */
export function machinesOf(folder: string): string[] {
  const path = join(folder, MACHINES);
  return existsSync(path) ? readJson(path, z.array(z.string())) : [];
}

/** Adds this machine to those that worked on a job. @returns all of them, joined */
function addMachine(run: RunDirectory): string {
  const before = machinesOf(run.path);
  const machines = before.at(-1) === machineName() ? before : [...before, machineName()];
  run.writeJson(MACHINES, machines);
  return machines.join(", then ");
}

/** Control and progress of a job. */
export interface JobHooks {
  /** Abort it to save the work and stop. Jobs of rivals run to their end. */
  signal?: AbortSignal;
  /** Gets the share that is done, 0 to 1. */
  onShare?: (share: number) => void;
  /** Throws when this process must no longer write into the folder. Called before every write. */
  assertHeld?: () => void;
}

/**
 * Does the work of one job and writes its `results.csv`. An interrupted training continues from its checkpoint.
 *
 * @param folder of the job
 * @param version of the code, for the records
 * @throws Interrupted if the signal was aborted
 */
export async function runJob(job: Job, folder: string, version: string, hooks: JobHooks = {}): Promise<void> {
  if (job.kind === "rivals") runRivals(job, folder, version, hooks);
  else if (job.kind === "training") await runTraining(job, folder, version, hooks);
  else await runTable(job.kind, folder, hooks);
}

/** Writes published figures beside simulated ones, or the throughput, with the columns of the command of that name. */
async function runTable(
  kind: "validation" | "throughput",
  folder: string,
  { onShare, assertHeld }: JobHooks,
): Promise<void> {
  const run = beginAgain(folder, assertHeld);
  addMachine(run);
  const records: object[] =
    kind === "validation"
      ? (await validate()).map(({ holds, ...record }) => ({ ...record, holds: String(holds) }))
      : await bench(() => onShare?.(0));
  run.write(JOB_RESULTS, csvText(records, Object.keys(records[0])));
}

/** The folder of a job without what a kill left. */
function beginAgain(folder: string, assertHeld?: () => void): RunDirectory {
  if (existsSync(folder)) emptyFolder(folder);
  return RunDirectory.create(folder, assertHeld);
}

type Of<Kind extends Job["kind"]> = Extract<Job, { kind: Kind }>;

function runRivals(
  { env, episodes }: Of<"rivals">,
  folder: string,
  version: string,
  { onShare, assertHeld }: JobHooks,
): void {
  const run = beginAgain(folder, assertHeld);
  const results = evaluateRivals({ env, episodes }, (done, total) => onShare?.(done / total));
  const limits = results.test.filter(({ role }) => role === "bound");
  run.writeJson(
    YARDSTICKS,
    limits.map(
      ({ workload, seed, bound, default_cost, condition }): Yardstick => ({
        workload,
        seed,
        bound,
        default_cost,
        condition,
      }),
    ),
  );
  run.write(JOB_RESULTS, resultsText(rivalRecords(results, env, episodes, version, addMachine(run))));
}

async function runTraining(
  { config: planned }: Of<"training">,
  folder: string,
  version: string,
  { signal, onShare, assertHeld }: JobHooks,
): Promise<void> {
  const { run, config } = RunDirectory.openOrCreate(folder, planned, assertHeld);
  const machine = addMachine(run);
  const { env, agent, seed, episodes, options } = config;
  if (config.backend.got !== "none") await loadBackend(config.backend.got as BackendName);
  const validation = new Evaluator(env, "validation", { episodes: episodes.validation, options });
  const trained = await trainSeed({
    run,
    config,
    validation,
    signal,
    onUpdate: ({ step }) => onShare?.((TRAINING_SHARE * Math.min(step!, config.steps)) / config.steps),
  });
  const test = new Evaluator(env, "test", { episodes: episodes.test, options, charge: true });
  test.adopt(yardsticks(folder, env));
  const records: EvaluationRecord[] = [];
  for (const record of test.play(greedyPolicy(agent, trained.policy, test.problem, options), seed)) {
    records.push(record);
    onShare?.(TRAINING_SHARE + ((1 - TRAINING_SHARE) * records.length) / test.episodes.length);
    await yieldToEventLoop(signal);
  }
  run.write(JOB_RESULTS, resultsText(trainingRecords(config, trained, records, version, machine)));
}

const yardstickSchema = z.strictObject({
  workload: z.string().nullable(),
  seed: z.int().nonnegative(),
  bound: z.number().nullable(),
  default_cost: z.number().nullable(),
  condition: z.string().nullable(),
});

/** The bound and the cost of the default in an episode, as `Evaluator.adopt` takes them. */
type Yardstick = z.infer<typeof yardstickSchema>;

/** Bounds and costs of the default from the job of the rivals; empty if it is not finished. */
function yardsticks(folder: string, env: string): Yardstick[] {
  const path = join(dirname(folder), rivalsName(env), YARDSTICKS);
  return existsSync(path) ? readJson(path, z.array(yardstickSchema)) : [];
}
