import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../../run/run_directory.ts";
import { UsageError } from "../../run/usage_error.ts";
import { isFinished } from "../run_job.ts";
import { type CellTask, type Executor, LostCell, lastLines, type RunningCell, shellWord } from "./executor.ts";

/** The script of the array, in the folder of the benchmark. */
export const SLURM_SCRIPT = "slurm.sh";

/** The folder with what the cells of an array wrote, in that of the benchmark: one file a cell. */
export const SLURM_OUTPUT = "slurm";

/** How to run cells under Slurm. */
export interface SlurmOptions {
  /** Line for a shell that starts this program on the machines of the cluster. */
  program: string;
  /** Most cells at a time. Default: what the cluster allows. */
  places?: number;
  /** More options of `sbatch`, e.g. `--time=2:00:00`. */
  sbatch?: readonly string[];
  /** Gets messages for the user: the number of the array, and how to stop it. */
  onNote?: (text: string) => void;
}

/**
 * The script that runs cells as one array. Task N of the array is cell N of the plan.
 *
 * @param benchmark folder of the benchmark
 * @throws UsageError for a folder or an option that the script cannot hold
 */
export function slurmScript(benchmark: string, cells: readonly number[], options: SlurmOptions): string {
  const { program, places, sbatch = [] } = options;
  // Slurm replaces patterns such as %a in a file's name, and ends a quoted name at a quotation mark.
  if (/["%\\\n]/.test(benchmark))
    throw new UsageError(`Slurm cannot write into ${JSON.stringify(benchmark)}: its name has one of " % \\`);
  const bad = sbatch.find((option) => !/^--?[a-zA-Z][^\n]*$/.test(option));
  if (bad !== undefined)
    throw new UsageError(`--sbatch takes an option of sbatch, as in --sbatch=--time=2:00:00, got "${bad}"`);
  const limit = places === undefined || !Number.isFinite(places) ? "" : `%${places}`;
  return `#!/bin/sh
#SBATCH --job-name=ring0-gym
#SBATCH --array=${ranges(cells)}${limit}
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --output="${join(benchmark, SLURM_OUTPUT)}/%a.txt"
${sbatch.map((option) => `#SBATCH ${option}\n`).join("")}
${program} benchmark cell "$SLURM_ARRAY_TASK_ID" --plan ${shellWord(benchmark)}
`;
}

/** Writes the script of an array. @returns its path */
export function writeSlurmScript(benchmark: string, cells: readonly number[], options: SlurmOptions): string {
  const path = join(benchmark, SLURM_SCRIPT);
  const script = slurmScript(benchmark, cells, options);
  mkdirSync(join(benchmark, SLURM_OUTPUT), { recursive: true });
  writeWhole(path, script);
  return path;
}

/** Numbers in ascending order as Slurm writes them, e.g. `0-5,7`. */
function ranges(cells: readonly number[]): string {
  const parts: [first: number, last: number][] = [];
  for (const cell of [...cells].sort((a, b) => a - b)) {
    const open = parts.at(-1);
    if (open !== undefined && cell === open[1] + 1) open[1] = cell;
    else parts.push([cell, cell]);
  }
  return parts.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join();
}

/** Runs cells as arrays of Slurm: all cells that start together are one array, which `sbatch --wait` waits for. */
export function slurmExecutor(options: SlurmOptions): Executor {
  return {
    name: "slurm",
    // Slurm holds back what the cluster has no place for.
    places: Number.POSITIVE_INFINITY,
    start: (tasks) => (tasks.length === 0 ? [] : startArray(tasks, options)),
  };
}

function startArray(tasks: readonly CellTask[], options: SlurmOptions): RunningCell[] {
  const { onNote } = options;
  const numbers = tasks.map(({ cell }) => cell.cell);
  const script = writeSlurmScript(tasks[0].benchmark, numbers, options);
  const child = spawn("sbatch", ["--wait", "--parsable", script], {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let array = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const known = array.includes("\n");
    array += text;
    // With --parsable it is the number of the array, and after a semicolon the name of the cluster.
    if (!known && array.includes("\n")) {
      onNote?.(
        `submitted ${numbers.length} cells as the array ${numberOf(array)}; see squeue --job ${numberOf(array)}`,
      );
    }
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors = (errors + text).slice(-4000);
  });
  let stopping = false;
  const ended = new Promise<"done" | "interrupted">((resolve, reject) => {
    const lose = (why: string) => reject(new LostCell(why, lastLines(errors)));
    child.once("error", ({ message }) => reject(new UsageError(`sbatch did not start: ${message}`)));
    child.once("close", (code, signal) => {
      if (stopping) resolve("interrupted");
      // The worst exit code of the cells is that of sbatch; which of them are finished, their folders tell.
      else if (array !== "") resolve("done");
      else lose(`sbatch ended with ${signal ?? `exit code ${code}`}`);
    });
  });
  ended.catch(() => {});
  const stop = () => {
    if (stopping) return;
    stopping = true;
    if (array !== "")
      onNote?.(`the array ${numberOf(array)} goes on without this command; stop it with: scancel ${numberOf(array)}`);
    child.kill("SIGTERM");
  };
  return tasks.map((task) => {
    const own = ended.then((how) => {
      if (how === "done" && !isFinished(task.folder)) throw new LostCell("its task left no result", outputOf(task));
      return how;
    });
    own.catch(() => {});
    return { task, ended: own, share: 0, stop, kill: stop };
  });
}

/** The last lines of a cell, from the file that Slurm wrote. */
function outputOf({ benchmark, cell }: CellTask): string {
  const path = join(benchmark, SLURM_OUTPUT, `${cell.cell}.txt`);
  return existsSync(path) ? lastLines(readFileSync(path, "utf8")) : "";
}

function numberOf(parsable: string): string {
  return parsable.split(/[;\n]/)[0];
}
