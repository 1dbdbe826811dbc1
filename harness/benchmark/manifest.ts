import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readJson } from "../../files/read_json.ts";
import { MOST } from "../run/limits.ts";
import { configSchema, writeWhole } from "../run/run_directory.ts";
import { UsageError } from "../run/usage_error.ts";

/** The file that describes a benchmark. */
export const BENCHMARK_FILE = "benchmark.json";

/** The file with all numbers. */
export const RESULTS_FILE = "results.csv";

/** The file with the numbers of an earlier benchmark. */
export const KEPT_FILE = "kept.csv";

/** The folder of the jobs. */
export const JOBS = "jobs";

/** File in a benchmark's folder: its page, which is written last. */
export const PAGE = "report.html";

/** The code, place and time of a measurement. */
const measurementSchema = z.strictObject({
  /** Version of the code that started it. */
  code: z.string(),
  /** The machine on which it started; if others did the work, those. */
  machine: z.string(),
  /** ISO 8601. */
  created: z.string(),
  /** Running time of all parts together, s. After a kill up to ten seconds are missing. */
  wall_seconds: z.number(),
  /** Number of processes at a time; null if other machines took part. */
  workers: z.int().positive().max(MOST.workers).nullable(),
});

const benchmarkSchema = z.strictObject({
  format: z.literal("ring0-gym/benchmark"),
  version: z.literal(1),
  ...measurementSchema.shape,
  /** Whether it is a small benchmark, whose numbers say nothing about agents. */
  quick: z.boolean(),
  /** Whether it measures published figures and throughput at the end. */
  tables: z.boolean(),
  /** Whether all jobs are done. */
  finished: z.boolean(),
  /** The machine whose throughput was measured, see `machineName`. Older versions do not say. */
  throughput_machine: z.string().optional(),
  /** The trainings, one for each environment and agent. */
  runs: z.array(configSchema),
  /** The measurements whose numbers it took over, for other environments. */
  kept: z.array(measurementSchema.extend({ envs: z.array(z.string()) })).default([]),
});

/** The content of `benchmark.json`. */
export type Benchmark = z.infer<typeof benchmarkSchema>;

/** The code, place and time of a measurement, and its environments (registry ids). */
export type Measurement = Benchmark["kept"][number];

/**
 * Reads the description of a benchmark.
 *
 * @param path of its folder
 * @throws UsageError if there is none, FileError if `benchmark.json` is damaged
 */
export function readBenchmark(path: string): Benchmark {
  const file = join(path, BENCHMARK_FILE);
  if (!existsSync(file)) throw new UsageError(`${path} holds no benchmark: ${BENCHMARK_FILE} is missing`);
  return readJson(file, benchmarkSchema);
}

/** Writes the description of a benchmark. @param path of its folder */
export function writeDescription(path: string, benchmark: Benchmark): void {
  writeWhole(join(path, BENCHMARK_FILE), `${JSON.stringify(benchmark, null, 2)}\n`);
}

/** @throws UsageError unless two folders are of the same plan: made by the same code, with the same trainings */
export function assertSamePlan(one: Benchmark, path: string, other: Benchmark, otherPath: string): void {
  const planOf = ({ code, created, quick, tables, runs }: Benchmark) =>
    JSON.stringify({ code, created, quick, tables, runs });
  if (planOf(one) === planOf(other)) return;
  throw new UsageError(`${path} is of another plan than ${otherPath}; make one plan and copy it to all machines`);
}

/** All measurements behind the numbers of a benchmark: its own, and those that it took over. */
export function measurementsOf({
  code,
  machine,
  created,
  wall_seconds,
  workers,
  runs,
  kept,
}: Benchmark): Measurement[] {
  const envs = [...new Set(runs.map(({ env }) => env))];
  return [{ code, machine, created, wall_seconds, workers, envs }, ...kept];
}
