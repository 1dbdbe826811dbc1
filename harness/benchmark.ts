import { mkdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { type BenchmarkOptions, type Job, jobsOf, LAST_JOBS, planBenchmark } from "./benchmark_plan.ts";
import { readResults, resultsText } from "./results.ts";
import { configSchema, newRunPath, RunDirectory, writeWhole } from "./run_directory.ts";
import { JOB_RESULTS } from "./run_job.ts";
import { isFinished, type JobsProgress, runJobs } from "./run_jobs.ts";
import { RunError, UsageError } from "./usage_error.ts";
import { codeVersion, machine } from "./versions.ts";

/** The file that says what a benchmark is. */
export const BENCHMARK_FILE = "benchmark.json";

/** The file with all numbers. */
export const RESULTS_FILE = "results.csv";

/** Folder of the jobs. */
export const JOBS = "jobs";

/** How often the time that passed is written down, ms. */
const WRITE_INTERVAL = 10_000;

const benchmarkSchema = z.strictObject({
  format: z.literal("ring0-gym/benchmark"),
  version: z.literal(1),
  /** Version of the code that began it. */
  code: z.string(),
  /** Where it was begun. */
  machine: z.string(),
  /** Whether it is a small one, whose numbers say nothing about agents. */
  quick: z.boolean(),
  /** Whether published figures and throughput are measured at the end. */
  tables: z.boolean(),
  /** ISO 8601. */
  created: z.string(),
  /** Seconds that it ran, all parts together; what a kill cut off is counted to ten seconds. */
  wall_seconds: z.number(),
  /** Whether all of it is done. */
  finished: z.boolean(),
  /** Processes at a time. */
  workers: z.int().positive(),
  /** The trainings, one for each environment and agent. */
  runs: z.array(configSchema),
});

/** What `benchmark.json` holds. */
export type Benchmark = z.infer<typeof benchmarkSchema>;

/** What somebody who waits may want to hear. */
export interface BenchmarkHooks {
  /** Abort it to save and stop. */
  signal?: AbortSignal;
  onStart?: (path: string, benchmark: Benchmark, jobs: number) => void;
  onProgress?: (progress: JobsProgress) => void;
}

/** How a benchmark ended. */
export interface BenchmarkOutcome {
  status: "done" | "interrupted";
  path: string;
  /** Of all parts, s. */
  seconds: number;
}

/**
 * Starts a benchmark in a new folder.
 *
 * @param options with the folder (default `runs/benchmark-<time>`), processes at a time (default one a core), and whether published figures
 *   and throughput are measured at the end (default true; with `quick` they never are)
 */
export async function benchmark(
  options: BenchmarkOptions & { out?: string; workers?: number; tables?: boolean },
  hooks: BenchmarkHooks = {},
): Promise<BenchmarkOutcome> {
  const { out, workers = availableParallelism(), quick = false, tables = true } = options;
  const runs = await planBenchmark(options);
  const created = new Date().toISOString();
  const run = RunDirectory.create(out ?? newRunPath("benchmark", created));
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
  };
  mkdirSync(run.file(JOBS));
  run.writeJson(BENCHMARK_FILE, description);
  return carryOut(run.path, description, hooks);
}

/**
 * Goes on with a benchmark: with what was not finished when it was interrupted or killed.
 *
 * @throws UsageError when there is none, or it is finished; RunError when it is damaged
 */
export async function resumeBenchmark(path: string, hooks: BenchmarkHooks = {}): Promise<BenchmarkOutcome> {
  const description = readBenchmark(path);
  if (description.finished)
    throw new UsageError(`the benchmark ${path} is finished; its page is made again by: report ${path}`);
  const code = codeVersion();
  if (code !== description.code) {
    throw new UsageError(`the benchmark ${path} was begun by ${description.code}, this is ${code}; begin another`);
  }
  return carryOut(path, description, hooks);
}

/**
 * Reads what a benchmark is.
 *
 * @param path of its folder
 * @throws UsageError when there is none, RunError when `benchmark.json` is damaged
 */
export function readBenchmark(path: string): Benchmark {
  const file = join(path, BENCHMARK_FILE);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`${path} holds no benchmark: ${(error as Error).message}`);
  }
  try {
    return benchmarkSchema.parse(JSON.parse(text));
  } catch (error) {
    const why = error instanceof z.ZodError ? `${error.issues[0].path.join(".")}: ${error.issues[0].message}` : error;
    throw new RunError(`${file} is damaged: ${why instanceof Error ? why.message : why}`);
  }
}

async function carryOut(
  path: string,
  begun: Benchmark,
  { signal, onStart, onProgress }: BenchmarkHooks,
): Promise<BenchmarkOutcome> {
  const started = performance.now();
  const seconds = () => begun.wall_seconds + (performance.now() - started) / 1000;
  const write = (finished: boolean) => {
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
  try {
    if ((await stage(jobs, begun.workers)) === "interrupted" || (await stage(last, 1)) === "interrupted") {
      return { status: "interrupted", path, seconds: seconds() };
    }
  } finally {
    write(false);
  }
  const results = jobs.flatMap(({ name }) => readResults(join(folder, name, JOB_RESULTS)));
  writeWhole(join(path, RESULTS_FILE), resultsText(results));
  for (const { name } of last) {
    writeWhole(join(path, `${name}.csv`), readFileSync(join(folder, name, JOB_RESULTS)));
  }
  write(true);
  return { status: "done", path, seconds: seconds() };
}
