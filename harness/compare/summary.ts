import { group, mean } from "d3-array";
import type { PolicyRole } from "../play/policy.ts";
import type { Families, Measure } from "../problems/problem.ts";
import { bestPolicy, type ValidationScores } from "./best_policy.ts";
import { compare, type DifferenceSummary, intervalOf } from "./compare.ts";
import type { EvaluationRecord } from "./evaluation_record.ts";
import { type FamilySummary, summariseFamilies } from "./families.ts";
import { type Interval, interquartileMean } from "./statistics.ts";
import { type WorkloadScore, workloadScores } from "./workload_scores.ts";

/** Results of one policy on a set of episodes. */
export interface PolicySummary {
  policy: string;
  role: PolicyRole;
  /** The information that it gets, see `Policy.sees`; null if it is not declared. */
  sees: string | null;
  episodes: number;
  /** Number of training seeds; 0 for policies that were not trained. */
  training_seeds: number;
  /** Mean of `SummaryTable.measure`. */
  mean: number;
  /** Over episodes; with pooled scores over workloads, by `workloadScores`. */
  interquartile_mean: number;
  /** 95 % interval of the mean; null for too few units, or if a workload has a single episode. */
  interval: Interval | null;
  /** By `workloadScores`; null if returns are compared or there are no two workloads. */
  worst_workload: string | null;
  worst_mean: number | null;
  /** Mean cost, or null. */
  cost: number | null;
  /** Mean time of a decision, microseconds, or null. */
  decision_us: number | null;
  /** Size of the learned parameters, bytes; null for policies that are code. */
  policy_bytes: number | null;
  /**
   * Mean score with the time of decisions charged, see `EvaluationRecord.charged_score`; null if that was not played.
   */
  charged: number | null;
  /** The learner minus this policy, on the same episodes; null for the learner itself. */
  difference: DifferenceSummary | null;
  /** One for each of `SummaryTable.measures`, in the same order. */
  measures: MeasureSummary[];
}

/** Results of one policy by one metric. */
export interface MeasureSummary {
  metric: string;
  /** Over the episodes that have the metric; null if none has. */
  mean: number | null;
  /** As `PolicySummary.difference`, on the episodes in which both have the metric; null if there are none. */
  difference: DifferenceSummary | null;
}

/** A comparison of policies on one set of episodes. */
export interface SummaryTable {
  /** The value that is compared: the score, or the return if there is no score. */
  measure: "score" | "return";
  /** Whether scores are pooled. Then the worst workload is found by the room of each workload, see `workloadScores`. */
  pooled: boolean;
  /**
   * The units of the learner's intervals. With at least three seeds: training seeds and, within each workload,
   * episodes. With one seed: episodes alone. With two seeds there is no interval. The intervals of others are over
   * episodes.
   */
  replication: "training seeds and evaluation episodes" | "evaluation episodes";
  policies: PolicySummary[];
  /** The same on the episodes of each condition (`KernelEnv.condition`); empty if there are no conditions. */
  conditions: { condition: string; policies: PolicySummary[] }[];
  /** The measures that are compared as well. */
  measures: readonly Measure[];
  /** The learner's costs by family of workloads, worst first; empty without a learner or a comparison of families. */
  families: FamilySummary[];
  /**
   * Share of the way from the best rival to the feasible reference that the learner covers; null without a reference.
   */
  gap_closed: { best_rival: string; share: number } | null;
}

/** How to compare; `comparisonRules` gives the rules of an environment. */
export interface SummaryOptions {
  /** Measures to compare besides the score. Default: none. */
  measures?: readonly Measure[];
  /** Families of workloads whose costs are compared too. Default: null, none. */
  families?: Families | null;
  /** Whether scores are pooled, see `Problem.pooled`. Default false. */
  pooled?: boolean;
  /** Scores on the validation split, which choose the best rival. Without them it is the best on these records. */
  validation?: ValidationScores;
  /** Whether the learner's intervals must be over training seeds, so that a single seed has none. Default false. */
  overSeeds?: boolean;
}

/**
 * Compares policies that played the same episodes.
 *
 * @param records of one split; those of role `agent` belong to one learner, trained with one seed or several
 */
export function summarise(records: readonly EvaluationRecord[], options: SummaryOptions = {}): SummaryTable {
  const { measures = [], families = null, pooled = false, overSeeds = false, validation = new Map() } = options;
  const measure: SummaryTable["measure"] = records.some(({ score }) => score !== null) ? "score" : "return";
  const usable = records.filter((record) => record[measure] !== null);
  const bySeed = overSeeds || trainingSeeds(usable) > 1;
  const how: How = { measure, measures, pooled, bySeed };
  const policies = summarisePolicies(usable, how);
  const conditions = [...group(usable, ({ condition }) => condition)].flatMap(([condition, own]) =>
    condition === null ? [] : [{ condition, policies: summarisePolicies(own, how) }],
  );
  return {
    measure,
    pooled,
    replication: bySeed ? "training seeds and evaluation episodes" : "evaluation episodes",
    policies,
    conditions,
    measures,
    families: families === null ? [] : summariseFamilies(usable, families, bySeed),
    gap_closed: gapClosed(policies, validation),
  };
}

/** The one policy of role `agent` among the records; null if there are none or several. */
export function learnerOf(records: readonly Pick<EvaluationRecord, "policy" | "role">[]): string | null {
  const names = new Set(records.filter(({ role }) => role === "agent").map(({ policy }) => policy));
  return names.size === 1 ? [...names][0] : null;
}

/** Number of training seeds of the learner. */
function trainingSeeds(records: readonly EvaluationRecord[]): number {
  return new Set(records.flatMap(({ role, training_seed }) => (role === "agent" ? [training_seed] : []))).size;
}

/** The compared values, and whether the bootstrap of the learner draws training seeds. */
interface How extends Pick<SummaryTable, "measure" | "measures" | "pooled"> {
  bySeed: boolean;
}

/** The limits first, then the policies from best to worst. */
function summarisePolicies(usable: readonly EvaluationRecord[], how: How): PolicySummary[] {
  const learner = usable.filter(({ role }) => role === "agent");
  const policies = [...group(usable, ({ policy }) => policy)].map(([policy, own]) =>
    summariseOne(policy, own, own[0].role === "agent" ? [] : learner, how),
  );
  const byMean = (a: PolicySummary, b: PolicySummary) => b.mean - a.mean;
  const rank = ({ role }: PolicySummary) => (role === "bound" ? 0 : role === "reference" ? 1 : 2);
  return policies.sort((a, b) => rank(a) - rank(b) || byMean(a, b));
}

function summariseOne(
  policy: string,
  own: readonly EvaluationRecord[],
  learner: readonly EvaluationRecord[],
  { measure, measures, pooled, bySeed }: How,
): PolicySummary {
  const value = (record: EvaluationRecord) => record[measure]!;
  const { role, sees } = own[0];
  const scores = workloadScores(own, pooled);
  const worst = measure === "score" ? worstOf(scores) : null;
  return {
    policy,
    role,
    sees,
    episodes: own.length,
    training_seeds: trainingSeeds(own),
    mean: mean(own, value)!,
    interquartile_mean: interquartileMean(pooled ? scores.map(({ score }) => score) : own.map(value)),
    interval: intervalOf(
      own.map((record) => ({ record, value: value(record) })),
      role === "agent" && bySeed,
    ),
    worst_workload: worst?.workload ?? null,
    worst_mean: worst?.score ?? null,
    cost: mean(own, ({ cost }) => cost) ?? null,
    decision_us: mean(own, ({ decision_us }) => decision_us) ?? null,
    policy_bytes: own[0].policy_bytes,
    charged: mean(own, ({ charged_score }) => charged_score) ?? null,
    difference: compare(learner, own, value, bySeed, "more"),
    measures: measures.map(({ metric, better }) => {
      const figureOf = (record: EvaluationRecord) => record.measures[metric] ?? null;
      return { metric, mean: mean(own, figureOf) ?? null, difference: compare(learner, own, figureOf, bySeed, better) };
    }),
  };
}

/** Null for fewer than two workloads. */
function worstOf(scores: readonly WorkloadScore[]): WorkloadScore | null {
  return scores.length > 1 ? scores.reduce((a, b) => (b.score < a.score ? b : a)) : null;
}

function gapClosed(policies: readonly PolicySummary[], validation: ValidationScores): SummaryTable["gap_closed"] {
  const reference = policies.find(({ role }) => role === "reference");
  const learner = policies.find(({ role }) => role === "agent");
  const rivals = policies.filter(({ role }) => role !== "reference" && role !== "agent" && role !== "bound");
  const best = bestPolicy(rivals, validation)?.best;
  if (!reference || !learner || !best || reference.mean <= best.mean) return null;
  return { best_rival: best.policy, share: (learner.mean - best.mean) / (reference.mean - best.mean) };
}
