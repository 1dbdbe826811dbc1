import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { claimFolder, clearClaim, type FolderClaim, whileClaimed } from "../run/claim_folder.ts";
import { assertAtMost, MOST } from "../run/limits.ts";
import { UsageError } from "../run/usage_error.ts";
import { codeVersion } from "../run/versions.ts";
import { assertRunnable } from "../train/plan_run.ts";
import { beginBenchmark, type PlanOptions } from "./create_plan.ts";
import type { Executor } from "./executors/executor.ts";
import { localExecutor } from "./executors/local.ts";
import { type Benchmark, JOBS, PAGE, readBenchmark, writeDescription } from "./manifest.ts";
import { type Cell, cellsOf, isLast } from "./plan.ts";
import { isFinished } from "./run_job.ts";
import { type JobsProgress, runJobs } from "./run_jobs.ts";
import { writeResults } from "./write_results.ts";

/** Time between writes of the elapsed time, ms. */
const WRITE_INTERVAL = 10_000;

/** Control and progress of a benchmark. */
export interface BenchmarkHooks {
  /** Abort it to save the work and stop. */
  signal?: AbortSignal;
  /** Where cells run. Default: processes of this machine */
  executor?: Executor;
  onStart?: (path: string, benchmark: Benchmark, jobs: number) => void;
  onProgress?: (progress: JobsProgress) => void;
  /** Gets messages for the user, some of several lines. */
  onNote?: (text: string) => void;
}

/** How a benchmark ended. */
export interface BenchmarkOutcome {
  status: "done" | "interrupted";
  path: string;
  /** Elapsed time of all parts, s. */
  seconds: number;
}

/**
 * Plans a benchmark, carries the plan out and merges its results, in a new folder.
 *
 * @param options also has the number of processes on this machine, default one for each core
 * @throws UsageError if the earlier benchmark is missing, not finished or a quick one
 */
export async function benchmark(
  { workers = availableParallelism(), ...options }: PlanOptions & { workers?: number },
  { executor = localExecutor(workers), ...hooks }: BenchmarkHooks = {},
): Promise<BenchmarkOutcome> {
  assertAtMost("workers", workers, MOST.workers);
  const { path, benchmark, claim } = await beginBenchmark(options, workersOf(executor));
  return whileClaimed(claim, hooks.signal, (signal) =>
    carryOut(path, benchmark, claim, executor, { ...hooks, signal }),
  );
}

/** The number of processes at a time that a description states. */
function workersOf({ name, places }: Executor): number | null {
  return name === "local" ? places : null;
}

/**
 * Continues a benchmark with the jobs that were not finished when it was interrupted or killed.
 *
 * @throws UsageError if there is none, it is finished or another process works on it; FileError if it is damaged
 */
export async function resumeBenchmark(path: string, hooks: BenchmarkHooks = {}): Promise<BenchmarkOutcome> {
  assertUnfinished(readBenchmark(path), path);
  const claim = await claimFolder(path);
  return whileClaimed(claim, hooks.signal, (signal) => {
    // Another process may have finished it while this one waited for the folder.
    const begun = readBenchmark(path);
    assertUnfinished(begun, path);
    const executor = hooks.executor ?? localExecutor(begun.workers ?? availableParallelism());
    return carryOut(path, { ...begun, workers: workersOf(executor) }, claim, executor, { ...hooks, signal });
  });
}

/** The cells of a benchmark that have no result. @throws UsageError as `resumeBenchmark` does */
export function unfinishedCells(path: string): Cell[] {
  const begun = readBenchmark(path);
  assertUnfinished(begun, path);
  return cellsOf(begun).filter(({ name }) => !isFinished(join(path, JOBS, name)));
}

/** Whether a benchmark is finished, but was killed before its page was written. */
export function lacksPage(path: string): boolean {
  return readBenchmark(path).finished && !existsSync(join(path, PAGE));
}

/** @throws UsageError if a benchmark is finished or was begun by other code, or its trainings cannot run */
function assertUnfinished({ finished, code: begunBy, runs }: Benchmark, path: string): void {
  if (finished) {
    throw new UsageError(`the benchmark ${path} is finished; its page is made again by: report ${path}`);
  }
  runs.forEach(assertRunnable);
  const code = codeVersion();
  if (code !== begunBy) {
    throw new UsageError(`the benchmark ${path} was begun by ${begunBy}, this is ${code}; begin another`);
  }
}

async function carryOut(
  path: string,
  begun: Benchmark,
  claim: FolderClaim,
  executor: Executor,
  { signal, onStart, onProgress, onNote }: BenchmarkHooks,
): Promise<BenchmarkOutcome> {
  const started = performance.now();
  const seconds = () => begun.wall_seconds + (performance.now() - started) / 1000;
  const write = (now: Benchmark) => {
    claim.assertHeld();
    writeDescription(path, { ...now, wall_seconds: Math.round(seconds()) });
  };
  // Other machines may have another working directory.
  const folder = resolve(path, JOBS);
  const cells = cellsOf(begun);
  onStart?.(path, begun, cells.filter(({ name }) => !isFinished(join(folder, name))).length);
  let written = started;
  const stage = (some: readonly Cell[], places?: number) =>
    runJobs(some, {
      folder,
      version: begun.code,
      plan: `${begun.code} ${begun.created}`,
      executor,
      places,
      signal,
      onNote,
      onProgress(progress) {
        if (performance.now() - written > WRITE_INTERVAL) {
          write(begun);
          written = performance.now();
        }
        onProgress?.(progress);
      },
    });
  let ended = begun;
  try {
    const isInterrupted =
      (await stage(cells.filter((cell) => !isLast(cell)))) === "interrupted" ||
      (await stage(cells.filter(isLast), 1)) === "interrupted";
    claim.assertHeld();
    if (isInterrupted) return { status: "interrupted", path, seconds: seconds() };
    ended = { ...begun, ...writeResults(path, cells), finished: true };
    // A job that was killed after its results is not started again.
    for (const { name } of cells) clearClaim(join(path, JOBS, name));
    return { status: "done", path, seconds: seconds() };
  } finally {
    if (!claim.lost.aborted) write(ended);
  }
}
