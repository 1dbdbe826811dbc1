import { existsSync } from "node:fs";
import { z } from "zod";
import type { HeuristicEntry } from "../../baselines/heuristic_entry.ts";
import { registry } from "../../envs/index.ts";
import { readJson } from "../../files/read_json.ts";
import { UnknownNameError } from "../../gym/nearest.ts";
import { assertWritable } from "../../workloads/recorder/trace_file.ts";
import { openProgram, programEntry } from "../play/program_policy.ts";
import { findProblem } from "../problems/index.ts";
import { isProgramFile } from "../program/program_file.ts";
import { writeWhole } from "../run/run_directory.ts";
import { UsageError } from "../run/usage_error.ts";
import { type TuneOptions, type TuneResult, tuneHeuristics } from "./tune.ts";

/**
 * Tunes the heuristics of an environment, by id or alias. A path of a program among `heuristics` tunes that program.
 *
 * @throws UnknownNameError for an unknown environment or heuristic, UsageError for one without heuristics
 */
export function tuneEnvironment(name: string, options: TuneOptions): TuneResult[] {
  const { id } = registry.spec(name);
  const problem = findProblem(id);
  if (problem === null) throw new UsageError(`${id} has no heuristics to tune`);
  const tunable = problem.heuristics.filter(({ knobs }) => knobs.length > 0).map((entry) => entry.name);
  const programs: HeuristicEntry<unknown, unknown>[] = [];
  const names = options.heuristics?.map((wanted) => {
    if (tunable.includes(wanted)) return wanted;
    if (!isProgramFile(wanted)) throw new UnknownNameError("heuristic with constants:", wanted, tunable);
    const entry = programEntry(openProgram(wanted), problem);
    if (entry.knobs.length === 0) throw new UsageError(`${wanted} exports no knobs, so there is nothing to tune`);
    programs.push(entry);
    return entry.name;
  });
  return tuneHeuristics(
    { ...problem, heuristics: [...problem.heuristics, ...programs] },
    { ...options, heuristics: names },
  );
}

/** Throws a UsageError unless `file` can be written. A search takes many minutes, so it checks this first. */
export function assertOutputFile(file: string): void {
  try {
    assertWritable(file, true);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** Constants of heuristics by their names. */
const constantsSchema = z.record(z.string(), z.record(z.string(), z.number()));

/**
 * Writes the tuned constants into `file`, either completely or not at all. Constants of other heuristics in the file
 * are kept.
 *
 * @throws UsageError if the file cannot be written
 */
export function writeConstants(results: readonly TuneResult[], file: string): void {
  const found = Object.fromEntries(results.map(({ heuristic, values }) => [heuristic, values]));
  try {
    const all = { ...(existsSync(file) ? readJson(file, constantsSchema) : {}), ...found };
    writeWhole(file, `${JSON.stringify(all, null, 2)}\n`);
  } catch (error) {
    throw new UsageError(`cannot write ${file}: ${(error as Error).message}`);
  }
}
