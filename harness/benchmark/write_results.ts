import { existsSync } from "node:fs";
import { join } from "node:path";
import { registry } from "../../envs/index.ts";
import { MOST_TEXT, readFile } from "../../files/open_file.ts";
import { writeWhole } from "../run/run_directory.ts";
import { machineName } from "../run/versions.ts";
import { type Benchmark, JOBS, KEPT_FILE, RESULTS_FILE } from "./manifest.ts";
import { type Cell, isLast, LAST_JOBS } from "./plan.ts";
import { isTime, machineOf, readResults, resultsText } from "./results.ts";
import { JOB_RESULTS, machinesOf } from "./run_job.ts";

/**
 * Merges the results of cells: writes the files with their numbers into the folder of the benchmark.
 *
 * @param cells that are finished
 * @returns what the description says of the machines; nothing of those that did the work if it was only this one
 */
export function writeResults(path: string, cells: readonly Cell[]): Partial<Benchmark> {
  const folderOf = (name: string) => join(path, JOBS, name);
  const results = cells
    .filter((cell) => !isLast(cell))
    .flatMap(({ name }) => readResults(join(folderOf(name), JOB_RESULTS)));
  const machines = new Set(results.flatMap((record) => (isTime(record) ? (machineOf(record) ?? []) : [])));
  if (existsSync(join(path, KEPT_FILE))) results.push(...readResults(join(path, KEPT_FILE)));
  const order = new Map(registry.list().map(({ id }, i) => [id, i]));
  results.sort((a, b) => order.get(a.env)! - order.get(b.env)!);
  writeWhole(join(path, RESULTS_FILE), resultsText(results));
  for (const { name } of cells.filter(isLast)) {
    writeWhole(join(path, `${name}.csv`), readFile(join(folderOf(name), JOB_RESULTS), MOST_TEXT));
  }
  const throughput = machinesOf(folderOf(LAST_JOBS[1].name)).at(-1);
  return {
    ...([...machines].some((name) => name !== machineName()) && { machine: machinesText([...machines]) }),
    ...(throughput !== undefined && { throughput_machine: throughput }),
  };
}

function machinesText(names: readonly string[]): string {
  return names.length === 1 ? names[0] : `${names.length} machines: ${[...names].sort().join("; ")}`;
}
