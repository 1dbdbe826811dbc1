import type { EvaluationRecord } from "../compare/evaluation_record.ts";
import type { RivalResults } from "../evaluate/rivals.ts";
import type { RunConfig } from "../run/run_directory.ts";
import { type TrainedSeed, validationValue } from "../train/train_seed.ts";
import { GENERAL, policyRecords } from "./episode_records.ts";
import { KEPT, type ResultRecord, settingsText, settingValue, TRAINING_SECONDS, withMachine } from "./results.ts";

/** The results of all policies that an agent is compared with. @param machine that played them, see `machineName` */
export function rivalRecords(
  { test, levels }: RivalResults,
  env: string,
  episodes: RunConfig["episodes"],
  version: string,
  machine: string,
): ResultRecord[] {
  const records = policyRecords(test, env, version, settingsText({ episodes: episodes.test }), machine);
  const sees = new Map(test.map((record) => [record.policy, record.sees]));
  const settings = settingsText({ episodes: episodes.validation });
  for (const { policy, role, value } of levels) {
    const head = { env, policy, role, sees: sees.get(policy) ?? null, training_seed: null, version, settings };
    records.push({ ...head, ...GENERAL, split: "validation", metric: "score", value });
  }
  return records;
}

/**
 * The results of one training: its test episodes, and its evaluations on the validation split.
 *
 * @param machine that did it, see `machineName`
 */
export function trainingRecords(
  config: RunConfig,
  { records: progress, kept, resumed }: TrainedSeed,
  test: readonly EvaluationRecord[],
  version: string,
  machine: string,
): ResultRecord[] {
  const { env, steps, episodes, backend, evaluations, keep, set, options = {}, init, extended } = config;
  const settings = (count: number) =>
    settingsText({
      episodes: count,
      steps,
      backend: backend.got,
      evaluations,
      validation_episodes: episodes.validation,
      keep,
      resumed: resumed ? "yes" : "no",
      ...(init !== undefined && { init: encodeURI(init) }),
      ...(extended !== undefined && { extended: extended.join("+") }),
      ...prefixed("set.", set),
      ...prefixed("option.", options),
    });
  const records = policyRecords(test, env, version, settings(episodes.test), machine);
  const { policy, role, sees, training_seed } = test[0];
  const head = { env, policy, role, sees, training_seed, version, settings: settings(episodes.validation) };
  const of = { ...head, ...GENERAL, split: "validation" as const };
  for (const record of progress) {
    const value = validationValue(record);
    if (value !== null) records.push({ ...of, step: record.step, metric: "score", value });
  }
  if (kept !== null) records.push({ ...of, step: kept.step, metric: KEPT, value: kept.value });
  const seconds = progress.at(-1)?.wall_seconds ?? null;
  if (seconds !== null) {
    records.push(withMachine({ ...of, split: "train", metric: TRAINING_SECONDS, value: seconds }, machine));
  }
  return records;
}

/** Values as text without blanks, their names with a prefix. */
function prefixed(before: string, values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [before + name, settingValue(value)]));
}
