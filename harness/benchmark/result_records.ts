import { group, median } from "d3-array";
import type { EvaluationRecord } from "../compare/evaluation_record.ts";
import type { RivalResults } from "../evaluate/rivals.ts";
import type { RunConfig } from "../run/run_directory.ts";
import { type TrainedSeed, validationValue } from "../train/train_seed.ts";
import {
  EPISODE_METRICS,
  KEPT,
  POLICY_METRICS,
  type ResultHead,
  type ResultRecord,
  settingsText,
  TRAINING_SECONDS,
} from "./results.ts";

/** The other columns of a record that is not about an episode or a step. */
const GENERAL = { workload: null, seed: null, condition: null, step: null };

/** The results of all policies that an agent is compared with. */
export function rivalRecords(
  { test, levels }: RivalResults,
  env: string,
  episodes: RunConfig["episodes"],
  version: string,
): ResultRecord[] {
  const records = policyRecords(test, env, version, settingsText({ episodes: episodes.test }));
  const sees = new Map(test.map((record) => [record.policy, record.sees]));
  const settings = settingsText({ episodes: episodes.validation });
  for (const { policy, role, value } of levels) {
    const head = { env, policy, role, sees: sees.get(policy) ?? null, training_seed: null, version, settings };
    records.push({ ...head, ...GENERAL, split: "validation", metric: "score", value });
  }
  return records;
}

/** The results of one training: its test episodes, and its evaluations on the validation split. */
export function trainingRecords(
  config: RunConfig,
  { rows: progress, kept, resumed }: TrainedSeed,
  test: readonly EvaluationRecord[],
  version: string,
): ResultRecord[] {
  const { env, steps, episodes, backend, evaluations, keep, set, options = {} } = config;
  const settings = (count: number) =>
    settingsText({
      episodes: count,
      steps,
      backend: backend.got,
      evaluations,
      validation_episodes: episodes.validation,
      keep,
      resumed: resumed ? "yes" : "no",
      ...prefixed("set.", set),
      ...prefixed("option.", options),
    });
  const records = policyRecords(test, env, version, settings(episodes.test));
  const { policy, role, sees, training_seed } = test[0];
  const head = { env, policy, role, sees, training_seed, version, settings: settings(episodes.validation) };
  const of = { ...head, ...GENERAL, split: "validation" as const };
  for (const record of progress) {
    const value = validationValue(record);
    if (value !== null) records.push({ ...of, step: record.step, metric: "score", value });
  }
  if (kept !== null) records.push({ ...of, step: kept.step, metric: KEPT, value: kept.value });
  const seconds = progress.at(-1)?.wall_seconds ?? null;
  if (seconds !== null) records.push({ ...of, split: "train", metric: TRAINING_SECONDS, value: seconds });
  return records;
}

/** Values as text without blanks, their names with a prefix. */
function prefixed(before: string, values: Readonly<Record<string, unknown>>): Record<string, string> {
  const text = (value: unknown) => JSON.stringify(value).replaceAll(" ", "\\u0020");
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [before + name, text(value)]));
}

/** A record for each number of each episode and of each policy. */
function policyRecords(
  test: readonly EvaluationRecord[],
  env: string,
  version: string,
  settings: string,
): ResultRecord[] {
  return [...group(test, ({ policy }) => policy)].flatMap(([policy, episodes]) => {
    const { role, sees, training_seed, split, policy_bytes } = episodes[0];
    const head: ResultHead = { env, policy, role, sees, training_seed, split, version, settings };
    const records = episodes.flatMap((episode) => {
      const { workload, seed, condition } = episode;
      const numbers = [
        ...EPISODE_METRICS.map((metric) => [metric, episode[metric]] as const),
        ...Object.entries(episode.measures),
      ];
      return numbers.flatMap(([metric, value]): ResultRecord[] =>
        value === null ? [] : [{ ...head, workload, seed, condition, step: null, metric, value }],
      );
    });
    const own = { decision_us: median(episodes, ({ decision_us }) => decision_us) ?? null, policy_bytes };
    for (const metric of POLICY_METRICS) {
      const value = own[metric];
      if (value !== null) records.push({ ...head, ...GENERAL, metric, value });
    }
    return records;
  });
}
