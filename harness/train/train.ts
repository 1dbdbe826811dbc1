import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { BackendName } from "../../agents/backend.ts";
import { savePolicy } from "../../agents/checkpoint.ts";
import type { NetworkPolicy } from "../../agents/network_policy.ts";
import { startFrom } from "../../agents/start_from.ts";
import { registry } from "../../envs/index.ts";
import type { EnvSpec } from "../../gym/env.ts";
import { type EvaluationRecord, evaluationCells, evaluationColumns } from "../compare/evaluation_record.ts";
import { type SummaryTable, summarise } from "../compare/summary.ts";
import { Evaluator } from "../evaluate/evaluate.ts";
import type { RivalResults } from "../evaluate/rivals.ts";
import { type RunningRivals, startRivals } from "../evaluate/start_rivals.ts";
import { type Curve, type CurveLine, curveLines, curveSvg, learningCurve } from "../pictures/learning_curve.ts";
import { loadPngRenderer, type PngRenderer } from "../pictures/png_renderer.ts";
import { findNetworkPolicy } from "../play/find_policy.ts";
import { greedyPolicy } from "../play/policy.ts";
import { comparisonRules, measuresOf } from "../problems/index.ts";
import { claimFolder, type FolderClaim, whileClaimed } from "../run/claim_folder.ts";
import { csvText, type NumberRecord } from "../run/csv.ts";
import { Interrupted, yieldToEventLoop } from "../run/interrupt.ts";
import { assertAtMost, MOST } from "../run/limits.ts";
import { newRunPath, type RunConfig, RunDirectory } from "../run/run_directory.ts";
import { judged } from "../run/settings.ts";
import { UsageError } from "../run/usage_error.ts";
import { assertRunnable, loadBackend, planRun, type TrainOptions } from "./plan_run.ts";
import { INITIAL, type TrainedSeed, trainerOf, trainSeed, validationValue } from "./train_seed.ts";

/** The file that is written last, so that a run with it is finished. */
const SUMMARY = "summary.json";

/** Time between two checks of whether the rivals are done, ms. */
const POLL_INTERVAL = 100;

/** Callbacks that report the progress of a training, and a signal that stops it. */
export interface TrainHooks {
  /** Abort it to stop the training after the current update, or the evaluation between two episodes. */
  signal?: AbortSignal;
  /** Called once, with the folder of the run. */
  onStart?: (path: string, config: RunConfig) => void;
  /** Called after every update, with the new record of `progress.csv`. */
  onUpdate?: (record: NumberRecord, seed: number) => void;
  /** Called during the final evaluation. */
  onEpisode?: (done: number, total: number) => void;
  /** Called with one line for what is missing in the run, e.g. pictures that cannot be drawn. */
  onWarning?: (text: string) => void;
}

/** How a training ended. */
export interface TrainOutcome {
  status: "done" | "interrupted";
  /** Folder of the run. */
  path: string;
  /** Null when the training was interrupted. */
  summary: RunSummary | null;
}

/** Contents of `summary.json`. */
export interface RunSummary {
  env: string;
  agent: string;
  backend: string;
  steps: number;
  seeds: number[];
  /**
   * The kept policy of each seed: its step, and its mean score (return where there is no score) on the validation
   * split.
   */
  kept: { seed: number; step: number; validation: number }[];
  /** Duration of this command, seconds. */
  wall_seconds: number;
  test: SummaryTable;
}

/**
 * Trains an agent and writes the run into a new folder.
 *
 * @throws what `planRun` throws; UsageError or RunError when the folder cannot be created
 */
export async function train(options: TrainOptions, hooks: TrainHooks = {}): Promise<TrainOutcome> {
  const config = await planRun(options);
  const spec = registry.spec(config.env);
  const path = options.out ?? newRunPath(`${spec.alias}-${config.agent}-seed${config.seed}`, config.created);
  const initial = config.init === undefined ? null : initialPolicy(config, config.init);
  const { run, claim } = await RunDirectory.createClaimed(path, { names: [INITIAL], last: "config.json" });
  return whileClaimed(claim, hooks.signal, async (signal) => {
    if (initial !== null) savePolicy(run.file(INITIAL), initial);
    run.writeConfig(config);
    return carryOut(run, config, { ...hooks, signal });
  });
}

/**
 * The policy to start from, after a trial that it fits the training.
 *
 * @throws UsageError when it does not
 */
function initialPolicy(config: RunConfig, folder: string): NetworkPolicy {
  const policy = findNetworkPolicy(config.env, folder);
  const trainer = trainerOf(config);
  try {
    judged(() => startFrom(trainer, policy));
  } finally {
    trainer.dispose();
  }
  return policy;
}

/**
 * Resumes an interrupted training and completes the planned number of steps, or trains a run further.
 *
 * @param steps train to this number of steps instead, which is more than planned; evaluations stay as far apart. A
 *   learning rate that falls to 0 at the end falls again from where the larger number puts it
 * @throws UsageError when the folder holds no run, when the run is finished and `steps` is missing, or when `steps` is
 *   not more than planned; RunError or ArtifactError when the run is damaged
 */
export async function resumeTraining(path: string, hooks: TrainHooks = {}, steps?: number): Promise<TrainOutcome> {
  const { run, claim } = await RunDirectory.openClaimed(path);
  return whileClaimed(claim, hooks.signal, async (signal) => {
    let config = run.readConfig();
    assertRunnable(config);
    if (steps !== undefined) assertAtMost("steps", steps, MOST.steps);
    // The same number again goes on with an extension that was interrupted.
    if (steps !== undefined && (steps < config.steps || (steps === config.steps && run.has(SUMMARY)))) {
      throw new UsageError(`the run ${path} is of ${config.steps} steps; to train it further needs more, got ${steps}`);
    }
    if (steps === undefined && run.has(SUMMARY)) {
      throw new UsageError(
        `the run ${path} is finished; its results are in ${SUMMARY}; --steps with more than ${config.steps} trains it further`,
      );
    }
    const { backend } = config;
    if (backend.got !== "none") await loadBackend(backend.got as BackendName);
    if (steps !== undefined && steps > config.steps) {
      config = extendedTo(config, steps);
      extend(run, config);
    }
    return carryOut(run, config, { ...hooks, signal });
  });
}

/** The config of a run with more steps. */
function extendedTo(config: RunConfig, steps: number): RunConfig {
  const evaluations = Math.max(1, Math.round((config.evaluations * steps) / config.steps));
  return { ...config, steps, evaluations, extended: [...(config.extended ?? []), config.steps] };
}

/** Makes a run one of more steps. A kill in between leaves a run that is to be resumed. */
function extend(run: RunDirectory, config: RunConfig): void {
  run.assertHeld();
  rmSync(run.file(SUMMARY), { force: true });
  run.writeConfig(config);
}

async function carryOut(run: RunDirectory, config: RunConfig, hooks: TrainHooks): Promise<TrainOutcome> {
  const started = performance.now();
  hooks.onStart?.(run.path, config);
  const png = await loadPngRenderer(hooks.onWarning);
  const rivals = startRivals({ env: config.env, episodes: config.episodes, options: config.options });
  const claims: FolderClaim[] = [];
  try {
    const validation = new Evaluator(config.env, "validation", {
      episodes: config.episodes.validation,
      options: config.options,
    });
    const runs = await seedRuns(run, config, claims);
    const trained: TrainedSeed[] = [];
    for (const { folder, own } of runs) {
      trained.push(await trainSeed({ ...hooks, run: folder, config: own, validation }));
    }
    const { records, lines } = await finalEvaluation(config, trained, rivals, hooks);
    const wallSeconds = () => Math.round((performance.now() - started) / 100) / 10;
    if (config.seeds > 1) {
      for (const [index, { folder, own }] of runs.entries()) {
        const { seed } = trained[index];
        const mine = records.filter(({ training_seed }) => training_seed === null || training_seed === seed);
        await writeResults(folder, own, [trained[index]], mine, lines, wallSeconds(), png);
      }
    }
    const summary = await writeResults(run, config, trained, records, lines, wallSeconds(), png);
    return { status: "done", path: run.path, summary };
  } catch (error) {
    if (error instanceof Interrupted) return { status: "interrupted", path: run.path, summary: null };
    throw error;
  } finally {
    await rivals.stop();
    for (const claim of claims) await claim.release();
  }
}

/**
 * The folder and config of each seed. A run of one seed uses its own folder; a run of several has a folder `seed-N` for
 * each. `resumeTraining` accepts these folders as well, so this process claims them, too.
 */
async function seedRuns(
  run: RunDirectory,
  config: RunConfig,
  claims: FolderClaim[],
): Promise<{ folder: RunDirectory; own: RunConfig }[]> {
  if (config.seeds === 1) return [{ folder: run, own: config }];
  const runs: { folder: RunDirectory; own: RunConfig }[] = [];
  for (let seed = config.seed; seed < config.seed + config.seeds; seed++) {
    const path = run.file(`seed-${seed}`);
    mkdirSync(path, { recursive: true });
    const claim = await claimFolder(path);
    claims.push(claim);
    const assertHeld = () => {
      run.assertHeld();
      claim.assertHeld();
    };
    const planned = { ...config, seed, seeds: 1 };
    if (run.has(INITIAL)) cpSync(run.file(INITIAL), join(path, INITIAL), { recursive: true });
    const { run: folder, config: own } = RunDirectory.openOrCreate(path, planned, assertHeld, [INITIAL]);
    const further = own.steps < config.steps;
    if (further) extend(folder, planned);
    runs.push({ folder, own: further ? planned : own });
  }
  return runs;
}

/** Evaluates the trained policies, all rivals, the reference and the bound on the same episodes of the test split. */
async function finalEvaluation(
  config: RunConfig,
  trained: readonly TrainedSeed[],
  rivals: RunningRivals,
  { signal, onEpisode }: TrainHooks,
): Promise<{ records: EvaluationRecord[]; lines: CurveLine[] }> {
  const evaluator = new Evaluator(config.env, "test", {
    episodes: config.episodes.test,
    options: config.options,
    charge: true,
  });
  const own = trained.length * evaluator.episodes.length;
  let results: RivalResults | null = null;
  const pending = rivals.results.then((value) => {
    results = value;
  });
  while (results === null) {
    const { done, total } = rivals.progress;
    if (total > 0) onEpisode?.(done, total + own);
    await Promise.race([pending, pause(POLL_INTERVAL)]);
    await yieldToEventLoop(signal);
  }
  const { test, levels }: RivalResults = results;
  evaluator.adopt(test);
  const records: EvaluationRecord[] = [];
  for (const { seed, policy } of trained) {
    for (const record of evaluator.play(greedyPolicy(config.agent, policy, evaluator.problem, config.options), seed)) {
      records.push(record);
      onEpisode?.(rivals.progress.total + records.length, rivals.progress.total + own);
      await yieldToEventLoop(signal);
    }
  }
  return { records: [...records, ...test], lines: curveLines(levels) };
}

/** Writes the results of a run. `summary.json` comes last, because it marks the run as finished. */
async function writeResults(
  run: RunDirectory,
  config: RunConfig,
  trained: readonly TrainedSeed[],
  records: readonly EvaluationRecord[],
  lines: readonly CurveLine[],
  wallSeconds: number,
  png: PngRenderer,
): Promise<RunSummary> {
  const measures = measuresOf(config.env);
  run.write("evaluation.csv", csvText(records.map(evaluationCells), evaluationColumns(measures)));
  const svg = await curveSvg(trainingCurve(registry.spec(config.env), config, trained, lines));
  run.write("curve.svg", svg);
  const picture = png(svg);
  if (picture !== null) run.write("curve.png", picture);
  const summary: RunSummary = {
    env: config.env,
    agent: config.agent,
    backend: config.backend.got,
    steps: config.steps,
    seeds: trained.map(({ seed }) => seed),
    kept: trained.flatMap(({ seed, kept }) =>
      kept === null ? [] : [{ seed, step: kept.step, validation: kept.value }],
    ),
    wall_seconds: wallSeconds,
    test: summarise(records, comparisonRules(config.env)),
  };
  run.writeJson(SUMMARY, summary);
  return summary;
}

function trainingCurve(
  spec: EnvSpec,
  config: RunConfig,
  trained: readonly TrainedSeed[],
  lines: readonly CurveLine[],
): Curve {
  const scored = trained[0].records.some(({ score }) => score !== null);
  const seeds = trained.length === 1 ? `seed ${config.seed}` : `median and range of ${trained.length} seeds`;
  const workloads = Math.max(1, spec.workloads.filter(({ split }) => split === "validation").length);
  const episodes = workloads * config.episodes.validation;
  return learningCurve({
    env: spec.id,
    agent: config.agent,
    subtitle: `mean over ${episodes} validation episodes while training, ${seeds}`,
    scored,
    series: trained.map(({ seed, records }) => ({
      seed,
      points: records.flatMap((record) => {
        const value = validationValue(record);
        return value === null ? [] : [{ step: record.step!, value }];
      }),
    })),
    lines,
  });
}
