import { dirname, join } from "node:path";
import { setTimeout as pause, setImmediate } from "node:timers/promises";
import { RunError } from "../run/usage_error.ts";
import { type CellTask, type Executor, LostCell, type RunningCell } from "./executors/executor.ts";
import { clearFailure, readFailure } from "./failure.ts";
import type { Cell, Job } from "./plan.ts";
import { remainingSeconds, type TimedJob } from "./remaining_time.ts";
import { isFinished } from "./run_job.ts";

/** Time between reports of progress, ms. */
const POLL_INTERVAL = 500;

/** Most starts of a cell that is lost each time. Source: choice. */
const MOST_ATTEMPTS = 3;

/** Longest wait for the files of a finished cell, ms. Source: choice; NFS keeps names of a folder for up to 60 s. */
const FILES_MS = 5000;

/** Longest wait for the ends of cells that were asked to stop, ms. Source: choice. */
const STOP_MS = 60_000;

/** Progress of a benchmark. */
export interface JobsProgress {
  /** Number of finished jobs; a running job counts by its share. */
  done: number;
  total: number;
  /** Names of the running jobs. */
  running: string[];
  /** Null as long as it is unknown. */
  secondsLeft: number | null;
}

/** How to run jobs. */
export interface JobsOptions {
  /** Folder of all jobs, in that of the benchmark. Each job has a folder of its name in it. */
  folder: string;
  /** Version of the code, for the results. */
  version: string;
  /** Tells this plan from all others, also from earlier ones in the same folder. */
  plan: string;
  /** Where jobs run. */
  executor: Executor;
  /** Most jobs at a time, if the executor has more places. */
  places?: number;
  /** Abort it to save the running jobs and stop. */
  signal?: AbortSignal;
  onProgress?: (progress: JobsProgress) => void;
  /** Gets messages for the user: a cell was lost, and what it last wrote. May be several lines. */
  onNote?: (text: string) => void;
}

/**
 * Runs all cells that are not finished, several at a time. A cell that is lost, because its process or machine is gone,
 * starts again, at most three times in all. The folder of a cell tells what became of it, wherever it ran.
 *
 * @returns "interrupted" if the signal was aborted, after the running jobs were saved
 * @throws RunError of the first job that fails, after the others were saved
 */
export async function runJobs(cells: readonly Cell[], options: JobsOptions): Promise<"done" | "interrupted"> {
  const { folder, version, plan, executor, places = Number.POSITIVE_INFINITY, signal, onProgress, onNote } = options;
  const waiting = cells
    .filter(({ name }) => !isFinished(join(folder, name)))
    .map(
      (cell): CellTask => ({
        cell,
        benchmark: dirname(folder),
        folder: join(folder, cell.name),
        version,
        plan,
        attempt: 1,
      }),
    );
  const before = cells.length - waiting.length;
  const running = new Map<RunningCell, number>();
  const finished: TimedJob[] = [];
  let failure: unknown = null;
  let wake = () => {};
  const stopping = () => signal?.aborted || failure !== null;

  const follow = async (process: RunningCell): Promise<void> => {
    const started = performance.now();
    const { task } = process;
    running.set(process, started);
    try {
      if ((await outcomeOf(process, onNote)) === "done") {
        finished.push({ kind: kindOf(task.cell), seconds: secondsSince(started), share: 1 });
      }
    } catch (error) {
      if (!(error instanceof LostCell)) failure ??= error;
      else if (task.attempt >= MOST_ATTEMPTS) failure ??= new RunError(lostText(task, error));
      else if (!stopping()) {
        onNote?.(`${lostText(task, error)}; it starts again`);
        waiting.push({ ...task, attempt: task.attempt + 1 });
      }
    } finally {
      running.delete(process);
      wake();
    }
  };
  const fill = (): void => {
    const free = Math.min(executor.places, places) - running.size;
    if (stopping() || free < 1 || waiting.length === 0) return;
    const fits = waiting.findIndex((task) => executor.takes?.(task) ?? true);
    if (fits < 0) return;
    const tasks = waiting.splice(fits, executor.takes === undefined ? free : 1);
    // What an earlier start left must not be taken for the end of this one.
    for (const task of tasks) clearFailure(task.folder);
    for (const process of executor.start(tasks)) void follow(process);
    if (executor.takes !== undefined) fill();
  };
  const report = () => {
    const timed = [...running].map(([{ task, share }, started]) => ({
      kind: kindOf(task.cell),
      seconds: secondsSince(started),
      share: Math.min(share, 0.999),
    }));
    onProgress?.({
      done: before + finished.length + timed.reduce((sum, { share }) => sum + share, 0),
      total: cells.length,
      running: [...running.keys()].map(({ task }) => task.cell.name),
      secondsLeft: remainingSeconds(
        [...finished, ...timed],
        waiting.map(({ cell }) => kindOf(cell)),
        Math.min(executor.places, places, cells.length),
      ),
    });
  };

  let told: number | null = null;
  try {
    for (fill(); running.size > 0 || (waiting.length > 0 && !stopping()); fill()) {
      const ended = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const controller = new AbortController();
      await Promise.race([ended, pause(POLL_INTERVAL, undefined, { signal: controller.signal }).catch(() => {})]);
      controller.abort();
      // Cells that end together start again together.
      await setImmediate();
      if (stopping() && told === null) {
        told = performance.now();
        for (const process of running.keys()) process.stop();
      }
      report();
      if (told !== null && performance.now() > told + STOP_MS) {
        onNote?.(`${[...running.keys()].map(({ task }) => task.cell.name).join(", ")} did not end when asked to`);
        break;
      }
    }
  } finally {
    for (const process of running.keys()) process.kill();
  }
  // The signal may also have reached and ended the processes, which is not a failure.
  if (signal?.aborted) return "interrupted";
  if (failure !== null) throw failure;
  return "done";
}

/**
 * How a cell ended, by the files in its folder.
 *
 * @throws RunError if it failed, with the machine; LostCell if there is neither a result nor a failure
 */
async function outcomeOf(
  { task, ended }: RunningCell,
  onNote?: (text: string) => void,
): Promise<"done" | "interrupted"> {
  let how: "done" | "interrupted" | "lost" = "lost";
  let lost = new LostCell("it ended without a result");
  try {
    how = await ended;
    if (how === "interrupted") return how;
  } catch (error) {
    if (!(error instanceof LostCell)) throw error;
    lost = error;
  }
  for (const end = performance.now() + (how === "done" ? FILES_MS : 0); ; await pause(100)) {
    if (isFinished(task.folder)) return "done";
    const failed = readFailure(task.folder);
    if (failed !== null || performance.now() > end) {
      if (lost.output !== "") onNote?.(`last lines of ${task.cell.name}:\n${indented(lost.output)}`);
      if (failed === null) throw lost;
      throw new RunError(`cell ${task.cell.cell} (${task.cell.name}) failed on ${failed.machine}: ${failed.message}`);
    }
  }
}

function lostText({ cell, attempt }: CellTask, { message }: LostCell): string {
  return `cell ${cell.cell} (${cell.name}) was lost at start ${attempt} of ${MOST_ATTEMPTS}: ${message}`;
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, "  ");
}

/** Jobs of one kind do the same work with different seeds. */
function kindOf(job: Job): string {
  return job.kind === "training" ? `${job.env}/${job.config.agent}` : job.name;
}

function secondsSince(started: number): number {
  return (performance.now() - started) / 1000;
}
