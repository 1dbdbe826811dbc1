import { renameSync, writeFileSync } from "node:fs";
import { registry } from "../envs/index.ts";
import { findProblem } from "./evaluate.ts";
import { type TuneOptions, type TuneResult, tuneHeuristics } from "./tune.ts";
import { UsageError } from "./usage_error.ts";

/**
 * Tunes the heuristics of an environment, by id or alias.
 *
 * @throws UnknownNameError for an unknown environment, UsageError for one without heuristics
 */
export function tuneEnvironment(name: string, options: TuneOptions): TuneResult[] {
  const { id } = registry.spec(name);
  const problem = findProblem(id);
  if (problem === null) throw new UsageError(`${id} has no heuristics to tune`);
  return tuneHeuristics(problem, options);
}

/**
 * Writes the constants that tuning found, by heuristic, over `file`: whole or not at all.
 *
 * @throws UsageError when the file cannot be written
 */
export function writeConstants(results: readonly TuneResult[], file: string): void {
  const constants = Object.fromEntries(results.map(({ heuristic, values }) => [heuristic, values]));
  const beside = `${file}.partial`;
  try {
    writeFileSync(beside, `${JSON.stringify(constants, null, 2)}\n`);
    renameSync(beside, file);
  } catch (error) {
    throw new UsageError(`cannot write ${file}: ${(error as Error).message}`);
  }
}
