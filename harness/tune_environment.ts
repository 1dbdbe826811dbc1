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
