import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { configSchema } from "../run/run_directory.ts";
import { RunError, UsageError } from "../run/usage_error.ts";

/** The file that says what a benchmark is. */
export const BENCHMARK_FILE = "benchmark.json";

/** The file with all numbers. */
export const RESULTS_FILE = "results.csv";

/** Folder of the jobs. */
export const JOBS = "jobs";

/** Which code measured, where and how long. */
const measurementSchema = z.strictObject({
  /** Version of the code that began it. */
  code: z.string(),
  /** Where it was begun. */
  machine: z.string(),
  /** ISO 8601. */
  created: z.string(),
  /** Seconds that it ran, all parts together; what a kill cut off is counted to ten seconds. */
  wall_seconds: z.number(),
  /** Processes at a time. */
  workers: z.int().positive(),
});

const benchmarkSchema = z.strictObject({
  format: z.literal("ring0-gym/benchmark"),
  version: z.literal(1),
  ...measurementSchema.shape,
  /** Whether it is a small one, whose numbers say nothing about agents. */
  quick: z.boolean(),
  /** Whether published figures and throughput are measured at the end. */
  tables: z.boolean(),
  /** Whether all of it is done. */
  finished: z.boolean(),
  /** The trainings, one for each environment and agent. */
  runs: z.array(configSchema),
  /** Where the numbers of other environments were taken over from. */
  kept: z.array(measurementSchema.extend({ envs: z.array(z.string()) })).default([]),
});

/** What `benchmark.json` holds. */
export type Benchmark = z.infer<typeof benchmarkSchema>;

/** Which code measured which environments (registry ids), where and how long. */
export type Measurement = Benchmark["kept"][number];

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

/**
 * Everything that measured the numbers of a benchmark: itself, and those that numbers were taken over from.
 */
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
