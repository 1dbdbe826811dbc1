import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { UsageError } from "../run/usage_error.ts";
import { assertSamePlan, BENCHMARK_FILE, JOBS, readBenchmark, writeDescription } from "./manifest.ts";
import { type Cell, cellsOf } from "./plan.ts";
import { runCell } from "./run_cell.ts";
import type { JobHooks } from "./run_job.ts";

/** A cell that has run. */
export interface CellOutcome {
  cell: Cell;
  /** Folder with its result. */
  folder: string;
  /** Whether it was finished before. */
  before: boolean;
}

/**
 * Runs one cell of a planned benchmark. A finished cell stays as it is; one that was killed or interrupted goes on, a
 * training at its checkpoint.
 *
 * @param number of the cell in the plan, from 0
 * @param plan folder of the benchmark
 * @param hooks also have the folder to write into, default that of the plan
 * @throws UsageError if there is no such cell, other code made the plan, or another process works on the cell;
 *   Interrupted if the signal was aborted; FileError if `benchmark.json` is damaged
 */
export async function benchmarkCell(
  number: number,
  plan: string,
  { out = plan, ...hooks }: JobHooks & { out?: string } = {},
): Promise<CellOutcome> {
  const benchmark = readBenchmark(plan);
  const cells = cellsOf(benchmark);
  const cell = cells[number];
  if (cell === undefined) throw new UsageError(`${plan} has the cells 0 to ${cells.length - 1}, got ${number}`);
  if (resolve(out) !== resolve(plan)) {
    if (existsSync(join(out, BENCHMARK_FILE))) assertSamePlan(readBenchmark(out), out, benchmark, plan);
    else {
      mkdirSync(join(out, JOBS), { recursive: true });
      writeDescription(out, { ...benchmark, wall_seconds: 0, finished: false });
    }
  }
  const folder = join(out, JOBS, cell.name);
  return { cell, folder, before: !(await runCell(cell, folder, benchmark.code, hooks)) };
}
