import { group, median } from "d3-array";
import type { EvaluationRecord } from "../compare/evaluation_record.ts";
import { EPISODE_METRICS, POLICY_METRICS, type ResultHead, type ResultRecord, withMachine } from "./results.ts";

// `evaluation.csv` has a line for each episode and `results.csv` a line for each number. Both directions stand here.

/** The other columns of a record that is not about an episode or a step. */
export const GENERAL = { workload: null, seed: null, condition: null, step: null };

/**
 * The results of policies in their test episodes: a record for each number of each episode and of each policy.
 *
 * @param machine that played them, see `machineName`
 */
export function policyRecords(
  test: readonly EvaluationRecord[],
  env: string,
  version: string,
  settings: string,
  machine: string,
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
    return records.map((record) => withMachine(record, machine));
  });
}

/**
 * The test episodes of one environment as in `evaluation.csv`. Returns and lengths, which a benchmark does not keep,
 * are null. The time of a decision is that of the policy over all episodes.
 */
export function evaluationRecordsOf(results: readonly ResultRecord[]): EvaluationRecord[] {
  const test = results.filter(({ split }) => split === "test");
  const policies = new Map(
    test.filter(({ seed }) => seed === null).map((record) => [`${record.metric}/${policyKey(record)}`, record.value]),
  );
  const played = test.filter(({ seed }) => seed !== null);
  const common: readonly string[] = EPISODE_METRICS;
  const measures = [...new Set(played.map(({ metric }) => metric))].filter((metric) => !common.includes(metric));
  const limits = (role: ResultRecord["role"]) =>
    new Map(
      played
        .filter((record) => record.role === role && record.metric === "cost")
        .map((record) => [keyOf(record), record.value]),
    );
  const [bounds, defaults] = [limits("bound"), limits("default")];
  const counts = new Map<string, number>();
  return [...group(played, (record) => `${keyOf(record)}/${policyKey(record)}`).values()].map((own) => {
    const { policy, role, training_seed, split, workload, seed, condition, sees } = own[0];
    const values = new Map(own.map(({ metric, value }) => [metric, value]));
    const value = (metric: string): number | null => values.get(metric) ?? null;
    const ofPolicy = (metric: (typeof POLICY_METRICS)[number]) =>
      policies.get(`${metric}/${policyKey(own[0])}`) ?? null;
    const group = `${workload}/${policyKey(own[0])}`;
    const episode = counts.get(group) ?? 0;
    counts.set(group, episode + 1);
    return {
      policy,
      role,
      training_seed,
      split,
      workload,
      seed: seed!,
      episode,
      return: null,
      cost: value("cost"),
      score: value("score"),
      bound: bounds.get(keyOf(own[0])) ?? null,
      default_cost: defaults.get(keyOf(own[0])) ?? null,
      steps: null,
      decision_us: ofPolicy("decision_us"),
      condition,
      sees,
      policy_bytes: ofPolicy("policy_bytes"),
      charged_score: value("charged_score"),
      measures: Object.fromEntries(measures.map((metric) => [metric, value(metric)])),
    };
  });
}

const keyOf = ({ workload, seed }: ResultRecord): string => `${workload}/${seed}`;
const policyKey = ({ policy, training_seed }: ResultRecord): string => `${policy}/${training_seed}`;
