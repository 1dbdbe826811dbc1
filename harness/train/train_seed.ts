import { readdirSync, rmSync } from "node:fs";
import { mean } from "d3-array";
import { replaceFolder } from "../../agents/artifact.ts";
import { loadCheckpoint, loadPolicy, saveCheckpoint, savePolicy } from "../../agents/checkpoint.ts";
import { createTrainer } from "../../agents/index.ts";
import type { NetworkPolicy } from "../../agents/network_policy.ts";
import { startFrom } from "../../agents/start_from.ts";
import type { Trainer, TrainingRecord } from "../../agents/trainer.ts";
import { FileError } from "../../files/file_error.ts";
import { VectorEnv } from "../../gym/vector_env.ts";
import { DefaultOptions } from "../../gym/wrappers/default_options.ts";
import type { Evaluator } from "../evaluate/evaluate.ts";
import { makeForPlay } from "../play/make_env.ts";
import { agentOptions, greedyPolicy } from "../play/policy.ts";
import { hyperparameterPreset } from "../problems/training_defaults.ts";
import { CsvLog, type NumberRecord } from "../run/csv.ts";
import { Interrupted, yieldToEventLoop } from "../run/interrupt.ts";
import type { RunConfig, RunDirectory } from "../run/run_directory.ts";
import { judged, type Settings } from "../run/settings.ts";

/** Longest time between two checkpoints, ms: a killed process loses no more than this. Source: choice. */
const CHECKPOINT_INTERVAL = 10_000;

/** The folder of a run with the policy that it starts from. */
export const INITIAL = "initial";
/** Columns of `progress.csv` on which a resumed training depends. */
const PROGRESS = ["step", "score", "validation_return"];

/** How to train one seed. */
export interface SeedTraining {
  /** Folder of this seed. If it holds a checkpoint, training resumes from it. */
  run: RunDirectory;
  config: RunConfig;
  /** Evaluates on the validation split. */
  validation: Evaluator;
  signal?: AbortSignal;
  /** Called after every update. */
  onUpdate?: (record: NumberRecord, seed: number) => void;
}

/** A finished training. */
export interface TrainedSeed {
  seed: number;
  policy: NetworkPolicy;
  /** All records of `progress.csv`. */
  records: NumberRecord[];
  /** Step and validation result of the kept policy; null when the kept policy was not evaluated. */
  kept: { step: number; value: number } | null;
  /** Whether training resumed from a checkpoint. Some agents then differ from an uninterrupted training. */
  resumed: boolean;
}

/**
 * Trains one seed to the end and writes `progress.csv`, `policy/` and `checkpoint/`.
 *
 * @throws Interrupted when the signal is aborted, after saving a checkpoint; FileError when checkpoint and log do not
 *   fit
 */
export async function trainSeed(training: SeedTraining): Promise<TrainedSeed> {
  const { run, config, signal, onUpdate } = training;
  const { options = {} } = config;
  const trainer = trainerOf(config);
  const save = (name = "policy") => {
    run.assertHeld();
    savePolicy(run.file(name), trainer.policy(), agentOptions(training.validation.problem, options));
  };
  const checkpoint = () => {
    run.assertHeld();
    saveCheckpoint(run.file("checkpoint"), trainer.state());
  };
  const { log, records, resumed } = startLog(run, trainer);
  if (!resumed && run.has(INITIAL)) startFrom(trainer, loadPolicy(run.file(INITIAL)));
  let kept = config.keep === "best" ? bestOf(records) : null;
  let saved = performance.now();
  try {
    while (!trainer.done) {
      const due = Math.floor((trainer.stepsDone * config.evaluations) / config.steps);
      const update = trainer.update();
      const evaluate = trainer.done || Math.floor((trainer.stepsDone * config.evaluations) / config.steps) > due;
      const record = progressRecord(update, evaluate ? validate(training.validation, trainer, options) : null);
      run.assertHeld();
      log.append(record);
      records.push(record);
      const value = validationValue(record);
      const better = config.keep === "best" && value !== null && (kept === null || value >= kept.value);
      if (better) {
        kept = { step: record.step!, value };
        save(candidateOf(trainer.stepsDone));
      }
      if (evaluate || signal?.aborted || performance.now() - saved > CHECKPOINT_INTERVAL) {
        checkpoint();
        saved = performance.now();
      }
      if (better) adoptCandidate(run, trainer.stepsDone);
      onUpdate?.(record, config.seed);
      await yieldOrSave(checkpoint, signal);
    }
    if (kept === null) {
      save();
      const last = records[records.length - 1];
      const value = last && validationValue(last);
      kept = last && value !== null ? { step: last.step!, value } : null;
    }
  } finally {
    log.close();
    trainer.dispose();
  }
  return { seed: config.seed, policy: loadPolicy(run.file("policy")), records, kept, resumed };
}

/**
 * A trainer for a run of one seed. An agent with a backend needs it to be loaded.
 *
 * @throws UsageError when a hyperparameter does not fit the environment
 */
export function trainerOf(config: RunConfig): Trainer {
  return judged(() =>
    createTrainer(config.agent, {
      overrides: { ...hyperparameterPreset(config.env, config.agent), ...config.set },
      seed: config.seed,
      totalSteps: config.steps,
      vectorEnv: (count, wrap = (env) => env) =>
        new VectorEnv(
          Array.from({ length: count }, (_, i) =>
            wrap(new DefaultOptions(makeForPlay(config.env, ["train"]), config.options ?? {}), i),
          ),
        ),
    }),
  );
}

/**
 * Name of the folder of a better policy before it is the one that was kept. It gets that name after the checkpoint of
 * its step. So a kill at any moment leaves a policy that belongs to the checkpoint: a training that goes on from an
 * earlier checkpoint may never find this one again.
 */
function candidateOf(step: number): string {
  return `.policy.step-${step}`;
}

/** Keeps the better policy of the checkpoint's step, if there is one, and removes those of other steps. */
function adoptCandidate(run: RunDirectory, checkpointStep: number): void {
  const wanted = candidateOf(checkpointStep);
  for (const name of readdirSync(run.path).filter((one) => /^\.policy\.step-\d+$/.test(one))) {
    run.assertHeld();
    if (name === wanted) replaceFolder(run.file(name), run.file("policy"));
    else rmSync(run.file(name), { recursive: true });
  }
}

async function yieldOrSave(checkpoint: () => void, signal?: AbortSignal): Promise<void> {
  try {
    await yieldToEventLoop(signal);
  } catch (error) {
    if (error instanceof Interrupted) checkpoint();
    throw error;
  }
}

/**
 * Opens the log: where a checkpoint exists it restores the trainer and cuts the log to its step, else both start
 * afresh.
 */
function startLog(run: RunDirectory, trainer: Trainer): { log: CsvLog; records: NumberRecord[]; resumed: boolean } {
  const path = run.file("progress.csv");
  if (!run.has("checkpoint") && !run.has(".checkpoint.previous")) {
    adoptCandidate(run, 0);
    rmSync(path, { force: true });
    return { log: CsvLog.create(path), records: [], resumed: false };
  }
  const checkpoint = run.file("checkpoint");
  const state = loadCheckpoint(checkpoint);
  try {
    // An extended training has more steps than the checkpoint knows.
    const totalSteps = Math.max(state.header.totalSteps, trainer.totalSteps);
    trainer.restore({ ...state, header: { ...state.header, totalSteps } });
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) {
      throw new FileError(`${checkpoint}: ${error.message}`);
    }
    throw error;
  }
  adoptCandidate(run, trainer.stepsDone);
  const { log, records } = CsvLog.resume(path, PROGRESS, ({ step }) => step !== null && step <= trainer.stepsDone);
  const last = records.at(-1);
  if (trainer.stepsDone > 0 && last?.step !== trainer.stepsDone) {
    log.close();
    throw new FileError(`${path} ends at step ${last?.step ?? 0}, the checkpoint is of step ${trainer.stepsDone}`);
  }
  return { log, records, resumed: true };
}

interface Validation {
  score: number | null;
  validation_return: number;
}

function validate(evaluator: Evaluator, trainer: Trainer, options: Settings): Validation {
  const records = evaluator.evaluate(greedyPolicy(trainer.agent, trainer.policy(), evaluator.problem, options));
  const scores = records.flatMap(({ score }) => (score === null ? [] : [score]));
  return {
    score: scores.length > 0 ? mean(scores)! : null,
    validation_return: mean(records, (record) => record.return)!,
  };
}

/** A record of `progress.csv`: the trainer's record, and the results on the validation split where it was evaluated. */
function progressRecord(update: TrainingRecord, validation: Validation | null): NumberRecord {
  const { step, episodes, episodic_return, ...rest } = update;
  return {
    step,
    episodes,
    episodic_return,
    score: validation?.score ?? null,
    validation_return: validation?.validation_return ?? null,
    ...rest,
  };
}

/**
 * The value by which policies are chosen: the score, or the return where there is no score; null without evaluation.
 */
export function validationValue(record: NumberRecord): number | null {
  return record.score ?? record.validation_return;
}

/** Step and value of the best evaluated record; among equals the last. */
function bestOf(records: readonly NumberRecord[]): TrainedSeed["kept"] {
  let best: TrainedSeed["kept"] = null;
  for (const record of records) {
    const value = validationValue(record);
    if (value !== null && (best === null || value >= best.value)) best = { step: record.step!, value };
  }
  return best;
}
