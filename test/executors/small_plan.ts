import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Executor } from "../../harness/benchmark/executors/executor.ts";
import type { Cell } from "../../harness/benchmark/plan.ts";
import { type JobsProgress, runJobs } from "../../harness/benchmark/run_jobs.ts";
import { temporaryFolder } from "../temporary_folder.ts";

/** Cells that need no simulator: `program` does what a test wants. */
export function smallCells(count: number): Cell[] {
  return Array.from({ length: count }, (_, cell) => ({
    cell,
    name: `cell-${cell}`,
    kind: "rivals",
    env: "ring0/Tiering-v1",
    episodes: { validation: 1, test: 1 },
  }));
}

/** A folder for cells. */
export function smallFolder(count: number): string {
  const folder = temporaryFolder();
  for (const { name } of smallCells(count)) mkdirSync(join(folder, "jobs", name), { recursive: true });
  return folder;
}

/**
 * A program that stands for ring0-gym: it is called with `benchmark cell N --plan DIR`. The lines have `$cell`, and
 * `$job`, the folder of the job.
 */
export function smallProgram(folder: string, lines: string): string {
  const path = join(folder, "program.sh");
  writeFileSync(path, `#!/bin/sh\ncell=$3\njob="$5/jobs/cell-$3"\n${lines}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** Lines of a program that end a cell as a real one does. */
export const DONE = 'echo done > "$job/results.csv"';
export const FAIL = `echo '{"format":"ring0-gym/failure","version":1,"machine":"m9 (a processor, Node v22)","message":"out of paper","created":""}' > "$job/failure.json"; echo first line; echo the last words >&2; exit 1`;

/** What became of cells. */
export interface Ran {
  how: string;
  notes: string[];
  progress: JobsProgress[];
}

/** Runs cells, and says how that ended. */
export async function runSmall(
  folder: string,
  cells: readonly Cell[],
  executor: Executor,
  signal?: AbortSignal,
): Promise<Ran> {
  const ran: Ran = { how: "", notes: [], progress: [] };
  ran.how = await runJobs(cells, {
    folder: join(folder, "jobs"),
    version: "1.0.0",
    plan: "1.0.0 today",
    executor,
    signal,
    onNote: (text) => ran.notes.push(text),
    onProgress: (progress) => ran.progress.push(progress),
  }).catch((error: Error) => `${error.name}: ${error.message}`);
  return ran;
}
