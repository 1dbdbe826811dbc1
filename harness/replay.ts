import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { registry } from "../envs/index.ts";
import { JOBS } from "./benchmark.ts";
import { trainingName } from "./benchmark_plan.ts";
import { defaultPlayer, findProblem, scoreOf, yardstickOf } from "./evaluate.ts";
import { measured } from "./evaluation_row.ts";
import { findPlayer } from "./find_player.ts";
import { type ResultRow, readResults, rounded } from "./results.ts";
import { playEpisode } from "./rollout.ts";
import { UsageError } from "./usage_error.ts";

/** A number that was written, and what the same episode gives now. */
export interface Replay {
  row: ResultRow;
  /** To as many digits as were written; null where the episode has none of it now. */
  replayed: number | null;
  same: boolean;
}

/**
 * Plays the episode of one row of a `results.csv` again.
 *
 * @param place the file and the number of the line, the head being the first: `results.csv:17`
 * @param policy folder of the policy, for rows of agents; by default that of the benchmark's own job
 * @throws UsageError when there is no such row, or it is none that an episode gives
 */
export function replayRow(place: string, policy?: string): Replay {
  const at = place.lastIndexOf(":");
  const [file, line] = [place.slice(0, at), Number(place.slice(at + 1))];
  if (at < 1 || !Number.isSafeInteger(line)) {
    throw new UsageError(`a row is given by file and line, as in results.csv:17, got "${place}"`);
  }
  const row = readResults(file)[line - 2];
  if (row === undefined) throw new UsageError(`${file} has no row in line ${line}`);
  const { env: id, workload, seed, metric } = row;
  const problem = findProblem(id)!;
  // Pooled scores are measured by the room of all episodes, not of this one.
  const scored = problem.pooled ? [] : ["score"];
  const metrics = ["cost", ...scored, ...problem.measures.map((one) => one.metric)];
  if (seed === null || !metrics.includes(metric) || row.role === "bound") {
    throw new UsageError(`${place} is not of an episode that a policy played; those have ${metrics.join(", ")}`);
  }
  const player = findPlayer(id, row.role === "agent" ? (policy ?? policyFolder(row, file)) : row.policy);
  const env = registry.make(id, { splits: [row.split], wrap: false });
  const options = workload === null ? {} : { workload };
  const { cost, metrics: figures } = playEpisode(env, player, seed, options);
  const value =
    metric === "cost"
      ? cost
      : metric === "score"
        ? scoreOf(cost!, yardstickOf(env, problem, defaultPlayer(problem)!, seed, options))
        : measured(problem, figures)[metric];
  env.close();
  const replayed = value === null ? null : rounded(value);
  return { row, replayed, same: replayed === row.value };
}

/** Where a benchmark has the policy of a row. */
function policyFolder({ env, policy, training_seed, settings }: ResultRow, file: string): string {
  const name = trainingName(env, policy, training_seed!);
  const folder = join(dirname(file), JOBS, name);
  if (existsSync(folder)) return folder;
  throw new UsageError(
    `${folder} is not there; give the policy with --policy, or train it: train --env ${env} --agent ${policy} --seed ${training_seed} (${settings})`,
  );
}
