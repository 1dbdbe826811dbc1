import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { registry } from "../../envs/index.ts";
import { findProblem } from "../problems/index.ts";
import type { FolderClaim } from "../run/claim_folder.ts";
import { newRunPath, RunDirectory } from "../run/run_directory.ts";
import { UsageError } from "../run/usage_error.ts";
import { codeVersion, machine } from "../run/versions.ts";
import {
  BENCHMARK_FILE,
  type Benchmark,
  JOBS,
  KEPT_FILE,
  type Measurement,
  measurementsOf,
  RESULTS_FILE,
  readBenchmark,
} from "./manifest.ts";
import { type BenchmarkOptions, type Cell, cellsOf, planBenchmark } from "./plan.ts";
import { type ResultRecord, readResults, resultsText } from "./results.ts";

/** What to measure, and into which folder. */
export interface PlanOptions extends BenchmarkOptions {
  /** Folder of the benchmark. Default: `runs/benchmark-<time>` */
  out?: string;
  /** Whether to measure published figures and throughput at the end. Default: true; `quick` never does. */
  tables?: boolean;
  /** Folder of an earlier benchmark to take over the numbers of all other environments from. */
  keep?: string;
}

/** A planned benchmark, and the claim of its folder. */
interface Begun {
  path: string;
  benchmark: Benchmark;
  claim: FolderClaim;
}

/**
 * Plans a benchmark in a new folder, and starts nothing.
 *
 * @throws UsageError if the earlier benchmark is missing, not finished or a quick one, or has numbers of an unknown
 *   environment
 */
export async function createPlan(options: PlanOptions): Promise<{ path: string; benchmark: Benchmark; cells: Cell[] }> {
  const { path, benchmark, claim } = await beginBenchmark(options, null);
  await claim.release();
  return { path, benchmark, cells: cellsOf(benchmark) };
}

/**
 * Makes the folder of a benchmark, with its plan.
 *
 * @param workers number of processes at a time; null if other machines take part
 * @throws UsageError if the earlier benchmark is missing, not finished or a quick one, or has numbers of an unknown
 *   environment
 */
export async function beginBenchmark(options: PlanOptions, workers: number | null): Promise<Begun> {
  const { out, quick = false, tables = true, keep } = options;
  const runs = await planBenchmark(options);
  const kept = keep === undefined ? null : takeOver(keep, new Set(runs.map(({ env }) => env)));
  const created = new Date().toISOString();
  const { run, claim } = await RunDirectory.createClaimed(out ?? newRunPath("benchmark", created), {
    names: [KEPT_FILE, JOBS],
    last: BENCHMARK_FILE,
  });
  const benchmark: Benchmark = {
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
  try {
    mkdirSync(run.file(JOBS));
    if (kept !== null) run.write(KEPT_FILE, resultsText(kept.records));
    run.writeJson(BENCHMARK_FILE, benchmark);
  } catch (error) {
    await claim.release();
    throw error;
  }
  return { path: run.path, benchmark, claim };
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
  const records = readResults(join(path, RESULTS_FILE)).filter(({ env }) => !measured.has(env));
  assertComparable(path, [...measurements.flatMap(({ envs }) => envs), ...records.map(({ env }) => env)]);
  return { measurements, records };
}

/** Throws a UsageError on an environment without a place in a report, which would fail only after all trainings. */
function assertComparable(path: string, envs: readonly string[]): void {
  const known = registry.list().flatMap(({ id }) => (findProblem(id) === null ? [] : [id]));
  const unknown = envs.find((env) => !known.includes(env));
  if (unknown === undefined) return;
  throw new UsageError(
    `the numbers of ${path} cannot be kept: it has numbers of "${unknown}"; environments are ${known.join(", ")}`,
  );
}
