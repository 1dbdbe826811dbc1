import { mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { registry } from "../../envs/index.ts";
import { MOST_TEXT, readFile } from "../../files/open_file.ts";
import { claimFolder, clearClaim, type FolderClaim, whileClaimed } from "../run/claim_folder.ts";
import { assertAtMost, MOST } from "../run/limits.ts";
import { newRunPath, RunDirectory, writeWhole } from "../run/run_directory.ts";
import { UsageError } from "../run/usage_error.ts";
import { codeVersion, machine } from "../run/versions.ts";
import { assertRunnable } from "../train/plan_run.ts";
import {
  BENCHMARK_FILE,
  type Benchmark,
  JOBS,
  type Measurement,
  measurementsOf,
  RESULTS_FILE,
  readBenchmark,
} from "./manifest.ts";
import { type BenchmarkOptions, type Job, jobsOf, LAST_JOBS, planBenchmark } from "./plan.ts";
import { type ResultRecord, readResults, resultsText } from "./results.ts";
import { JOB_RESULTS } from "./run_job.ts";
import { isFinished, type JobsProgress, runJobs } from "./run_jobs.ts";

/** The file with the numbers of an earlier benchmark. */
const KEPT_FILE = "kept.csv";

/** Time between writes of the elapsed time, ms. */
const WRITE_INTERVAL = 10_000;

/** Control and progress of a benchmark. */
export interface BenchmarkHooks {
  /** Abort it to save the work and stop. */
  signal?: AbortSignal;
  onStart?: (path: string, benchmark: Benchmark, jobs: number) => void;
  onProgress?: (progress: JobsProgress) => void;
}

/** How a benchmark ended. */
export interface BenchmarkOutcome {
  status: "done" | "interrupted";
  path: string;
  /** Elapsed time of all parts, s. */
  seconds: number;
}

/**
 * Starts a benchmark in a new folder.
 *
 * @param options also has the folder (default `runs/benchmark-<time>`), the number of processes (default one for each
 *   core), whether to measure published figures and throughput at the end (default true; `quick` never does), and the
 *   folder of an earlier benchmark to take over the numbers of all other environments
 * @throws UsageError if the earlier benchmark is missing, not finished or a quick one
 */
export async function benchmark(
  options: BenchmarkOptions & { out?: string; workers?: number; tables?: boolean; keep?: string },
  hooks: BenchmarkHooks = {},
): Promise<BenchmarkOutcome> {
  const { out, workers = availableParallelism(), quick = false, tables = true, keep } = options;
  assertAtMost("workers", workers, MOST.workers);
  const runs = await planBenchmark(options);
  const kept = keep === undefined ? null : takeOver(keep, new Set(runs.map(({ env }) => env)));
  const created = new Date().toISOString();
  const { run, claim } = await RunDirectory.createClaimed(out ?? newRunPath("benchmark", created), {
    names: [KEPT_FILE, JOBS],
    last: BENCHMARK_FILE,
  });
  const description: Benchmark = {
    format: "ring0-gym/benchmark",
    version: 1,
    code: codeVersion(),
    machine: machine(),
    quick,
    tables: tables && !quick,
    created,
    wall_seconds: 0,
    finished: false,
    workers,
    runs,
    kept: kept?.measurements ?? [],
  };
  return whileClaimed(claim, hooks.signal, (signal) => {
    mkdirSync(run.file(JOBS));
    if (kept !== null) run.write(KEPT_FILE, resultsText(kept.records));
    run.writeJson(BENCHMARK_FILE, description);
    return carryOut(run.path, description, claim, { ...hooks, signal });
  });
}

/**
 * Continues a benchmark with the jobs that were not finished when it was interrupted or killed.
 *
 * @throws UsageError if there is none, it is finished or another process works on it; FileError if it is damaged
 */
export async function resumeBenchmark(path: string, hooks: BenchmarkHooks = {}): Promise<BenchmarkOutcome> {
  const description = readBenchmark(path);
  if (description.finished) throw new UsageError(finishedText(path));
  description.runs.forEach(assertRunnable);
  const code = codeVersion();
  if (code !== description.code) {
    throw new UsageError(`the benchmark ${path} was begun by ${description.code}, this is ${code}; begin another`);
  }
  const claim = await claimFolder(path);
  return whileClaimed(claim, hooks.signal, (signal) => {
    // Another process may have finished it while this one waited for the folder.
    const current = readBenchmark(path);
    if (current.finished) throw new UsageError(finishedText(path));
    return carryOut(path, current, claim, { ...hooks, signal });
  });
}

/** The numbers of an earlier benchmark for all environments that are not measured now. */
function takeOver(
  path: string,
  measured: ReadonlySet<string>,
): { measurements: Measurement[]; records: ResultRecord[] } {
  const earlier = readBenchmark(path);
  if (!earlier.finished || earlier.quick) {
    throw new UsageError(
      `the numbers of ${path} cannot be kept: it is ${earlier.quick ? "a quick one" : "not finished"}`,
    );
  }
  const measurements = measurementsOf(earlier).flatMap((one) => {
    const envs = one.envs.filter((env) => !measured.has(env));
    return envs.length === 0 ? [] : [{ ...one, envs }];
  });
  return { measurements, records: readResults(join(path, RESULTS_FILE)).filter(({ env }) => !measured.has(env)) };
}

function finishedText(path: string): string {
  return `the benchmark ${path} is finished; its page is made again by: report ${path}`;
}

async function carryOut(
  path: string,
  begun: Benchmark,
  claim: FolderClaim,
  { signal, onStart, onProgress }: BenchmarkHooks,
): Promise<BenchmarkOutcome> {
  const started = performance.now();
  const seconds = () => begun.wall_seconds + (performance.now() - started) / 1000;
  const write = (finished: boolean) => {
    claim.assertHeld();
    const now = { ...begun, wall_seconds: Math.round(seconds()), finished };
    writeWhole(join(path, BENCHMARK_FILE), `${JSON.stringify(now, null, 2)}\n`);
  };
  const folder = join(path, JOBS);
  const jobs = jobsOf(begun.runs);
  const last = begun.tables ? LAST_JOBS : [];
  onStart?.(path, begun, [...jobs, ...last].filter((job) => !isFinished(folder, job)).length);
  let written = started;
  const stage = (some: readonly Job[], workers: number) =>
    runJobs(some, {
      folder,
      version: begun.code,
      workers,
      signal,
      onProgress(progress) {
        if (performance.now() - written > WRITE_INTERVAL) {
          write(false);
          written = performance.now();
        }
        onProgress?.(progress);
      },
    });
  let finished = false;
  try {
    const isInterrupted =
      (await stage(jobs, begun.workers)) === "interrupted" || (await stage(last, 1)) === "interrupted";
    claim.assertHeld();
    if (isInterrupted) return { status: "interrupted", path, seconds: seconds() };
    const results = jobs.flatMap(({ name }) => readResults(join(folder, name, JOB_RESULTS)));
    if (begun.kept.length > 0) results.push(...readResults(join(path, KEPT_FILE)));
    const order = new Map(registry.list().map(({ id }, i) => [id, i]));
    results.sort((a, b) => order.get(a.env)! - order.get(b.env)!);
    writeWhole(join(path, RESULTS_FILE), resultsText(results));
    for (const { name } of last) {
      writeWhole(join(path, `${name}.csv`), readFile(join(folder, name, JOB_RESULTS), MOST_TEXT));
    }
    // A job that was killed after its results is not started again.
    for (const { name } of [...jobs, ...last]) clearClaim(join(folder, name));
    finished = true;
    return { status: "done", path, seconds: seconds() };
  } finally {
    if (!claim.lost.aborted) write(finished);
  }
}
