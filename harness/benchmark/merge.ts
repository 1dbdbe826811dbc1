import { cpSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { claimFolder, whileClaimed } from "../run/claim_folder.ts";
import { partialPath } from "../run/leftovers.ts";
import { readFailure } from "./failure.ts";
import { assertSamePlan, JOBS, readBenchmark, writeDescription } from "./manifest.ts";
import { type Cell, cellsOf } from "./plan.ts";
import { isFinished, JOB_RESULTS } from "./run_job.ts";
import { writeResults } from "./write_results.ts";

/** A cell without a result. */
export interface LostResult {
  cell: Cell;
  /** Why its last start failed, and on which machine; null if nothing says so. */
  failure: string | null;
}

/** What a merge found. */
export interface MergeOutcome {
  /** Folder with the results. */
  path: string;
  /** Number of cells of the plan. */
  cells: number;
  lost: LostResult[];
  /** Whether it wrote results: not if any are missing, unless told to. */
  written: boolean;
}

/**
 * Merges the results of all cells of a planned benchmark.
 *
 * @param folders of the benchmark. Machines that share no folder have one each. The results go into the first one, and
 *   finished jobs of the others are copied there
 * @param options `incomplete`: write results even if cells are missing. The benchmark is then not finished
 * @throws UsageError if a folder holds no benchmark or one of another plan, or a process works in the first one;
 *   FileError if a file is damaged
 */
export async function mergeBenchmark(
  folders: readonly string[],
  { incomplete = false }: { incomplete?: boolean } = {},
): Promise<MergeOutcome> {
  const [path, ...others] = folders;
  const begun = readBenchmark(path);
  for (const other of others) assertSamePlan(readBenchmark(other), other, begun, path);
  const claim = await claimFolder(path);
  return whileClaimed(claim, undefined, async () => {
    const cells = cellsOf(begun);
    for (const { name } of cells) {
      const target = join(path, JOBS, name);
      const source = others.map((other) => join(other, JOBS, name)).find(isFinished);
      if (!isFinished(target) && source !== undefined) copyFolder(source, target);
    }
    const there = cells.filter(({ name }) => isFinished(join(path, JOBS, name)));
    const lost = cells.filter((cell) => !there.includes(cell)).map((cell) => lostResult(cell, folders));
    const complete = lost.length === 0;
    if (!complete && !incomplete) return { path, cells: cells.length, lost, written: false };
    claim.assertHeld();
    const ended = { ...begun, ...writeResults(path, there), finished: complete };
    // Cells that were started one by one leave no other time.
    if (complete && begun.wall_seconds === 0) ended.wall_seconds = secondsUntilLast(path, there, begun.created);
    writeDescription(path, ended);
    return { path, cells: cells.length, lost, written: true };
  });
}

function lostResult(cell: Cell, folders: readonly string[]): LostResult {
  const failures = folders.flatMap((folder) => readFailure(join(folder, JOBS, cell.name)) ?? []);
  failures.sort((a, b) => b.created.localeCompare(a.created));
  return { cell, failure: failures.length === 0 ? null : `${failures[0].machine}: ${failures[0].message}` };
}

/** Replaces a folder, so that there is never a part of it. */
function copyFolder(source: string, target: string): void {
  const beside = partialPath(target);
  rmSync(beside, { recursive: true, force: true });
  cpSync(source, beside, { recursive: true, preserveTimestamps: true });
  rmSync(target, { recursive: true, force: true });
  renameSync(beside, target);
}

/** Time from the plan to the last result, s. */
function secondsUntilLast(path: string, cells: readonly Cell[], created: string): number {
  const times = cells.map(({ name }) => statSync(join(path, JOBS, name, JOB_RESULTS)).mtimeMs);
  return Math.max(0, Math.round((Math.max(...times, 0) - Date.parse(created)) / 1000));
}
