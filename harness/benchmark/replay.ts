import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { mean } from "d3-array";
import { registry } from "../../envs/index.ts";
import { UnknownNameError } from "../../gym/nearest.ts";
import { measured } from "../compare/evaluation_record.ts";
import { defaultPolicy, type Limits, scoreOf, yardstickOf } from "../evaluate/score.ts";
import { playEpisode } from "../play/episode.ts";
import { findPolicy, policyNames } from "../play/find_policy.ts";
import type { PolicyRole } from "../play/policy.ts";
import { findProblem } from "../problems/index.ts";
import { judged } from "../run/settings.ts";
import { UsageError } from "../run/usage_error.ts";
import { JOBS } from "./manifest.ts";
import { trainingName } from "./plan.ts";
import { type ResultRecord, readResults, rounded } from "./results.ts";

/** A written number, and the number that the same episode gives now. */
export interface Replay {
  record: ResultRecord;
  /** Rounded as the written number; null if the episode no longer has the metric. */
  replayed: number | null;
  same: boolean;
}

/** Relative error of pooled scores: their scale comes from costs that were rounded. */
const POOL_TOLERANCE = 1e-6;

/**
 * Plays the episode of one record of a `results.csv` again.
 *
 * @param place the file and the number of the line, as in `results.csv:17`; the header is line 1
 * @param folder of the policy, for records of agents. Default: that of the benchmark's own job
 * @throws UsageError if there is no such record, or no episode of a policy gives it
 */
export function replayLine(place: string, folder?: string): Replay {
  const at = place.lastIndexOf(":");
  const [file, line] = [place.slice(0, at), Number(place.slice(at + 1))];
  if (at < 1 || !Number.isSafeInteger(line)) {
    throw new UsageError(`a record is given by file and line, as in results.csv:17, got "${place}"`);
  }
  return replayRecord(readResults(file), line, file, folder);
}

/**
 * Plays the episode of one record again.
 *
 * @param records all records of `file`
 * @param line of the record in the file; the header is line 1
 * @param folder of the policy, for records of agents. Default: that of the benchmark's own job
 * @throws UsageError if there is no such record, or no episode of a policy gives it
 */
export function replayRecord(records: readonly ResultRecord[], line: number, file: string, folder?: string): Replay {
  const place = `${file}:${line}`;
  const record = records[line - 2];
  if (record === undefined) throw new UsageError(`${file} has no record in line ${line}`);
  const { env: id, workload, seed, metric } = record;
  registry.spec(id);
  const problem = findProblem(id);
  if (problem === null) throw new UsageError(`${place}: ${id} has no heuristics, so no benchmark measured it`);
  const metrics = ["cost", "score", ...problem.measures.map((one) => one.metric)];
  if (seed === null || !metrics.includes(metric) || record.role === "bound") {
    throw new UsageError(`${place} is not of an episode that a policy played; those have ${metrics.join(", ")}`);
  }
  if (record.role !== "agent" && !policyNames(id).includes(record.policy)) {
    throw new UnknownNameError(`policy of ${id}:`, record.policy, policyNames(id));
  }
  const policy = findPolicy(id, record.role === "agent" ? (folder ?? policyFolder(record, file)) : record.policy);
  const env = registry.make(id, { splits: [record.split], wrap: false });
  const options = workload === null ? {} : { workload };
  const { cost, metrics: figures } = judged(() => playEpisode(env, policy, seed, options));
  const limits = metric === "score" ? yardstickOf(env, problem, defaultPolicy(problem)!, seed, options) : null;
  const value =
    metric === "cost"
      ? cost
      : metric === "score"
        ? scoreOf(cost!, limits!, problem.pooled ? poolOf(record, records) : limits!)
        : measured(problem, figures)[metric];
  env.close();
  const replayed = value === null ? null : rounded(value);
  const tolerance = metric === "score" && problem.pooled ? POOL_TOLERANCE : 0;
  return {
    record,
    replayed,
    same: replayed !== null && Math.abs(replayed - record.value) <= tolerance * Math.abs(record.value),
  };
}

/**
 * The scale of pooled scores in the environment and split of a record: means over all episodes of the default and the
 * bound.
 */
function poolOf({ env, split }: ResultRecord, records: readonly ResultRecord[]): Limits {
  const meanCost = (role: PolicyRole) => {
    const own = records.filter((record) => record.env === env && record.split === split && record.metric === "cost");
    return mean(own, (record) => (record.role === role ? record.value : null)) ?? Number.NaN;
  };
  return { defaultCost: meanCost("default"), bound: meanCost("bound") };
}

/** The folder of the policy of a record in its benchmark. */
function policyFolder({ env, policy, training_seed, settings }: ResultRecord, file: string): string {
  if (training_seed === null) throw new UsageError(`the record of the agent ${policy} names no training seed`);
  const name = trainingName(env, policy, training_seed);
  const folder = join(dirname(file), JOBS, name);
  if (existsSync(folder)) return folder;
  throw new UsageError(
    `${folder} is not there; give the policy with --policy, or train it: train --env ${env} --agent ${policy} --seed ${training_seed} (${settings})`,
  );
}
