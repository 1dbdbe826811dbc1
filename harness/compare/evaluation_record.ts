import type { Split } from "../../gym/env.ts";
import type { PolicyRole } from "../play/policy.ts";
import type { Measure, Problem } from "../problems/problem.ts";

/** A record of `evaluation.csv`: one policy in one episode. A number is null if the environment does not have it. */
export interface EvaluationRecord {
  policy: string;
  /** `agent`, `reference`, `bound`, or the role of the heuristic. */
  role: PolicyRole;
  /** Seed of the training; null for policies that were not trained. */
  training_seed: number | null;
  split: Split;
  workload: string | null;
  seed: number;
  /** Number of the episode among those of its workload, from 0. */
  episode: number;
  return: number | null;
  cost: number | null;
  /**
   * (cost of default - cost) / (cost of default - bound): 0 for the default heuristic, 1 for the bound. With
   * `Problem.pooled` the denominator is the mean over the episodes, so that a mean score is a ratio of mean costs.
   */
  score: number | null;
  bound: number | null;
  default_cost: number | null;
  steps: number | null;
  /** Mean time of a decision, microseconds. It differs from run to run. */
  decision_us: number | null;
  /** Kind of machine, see `KernelEnv.condition`; null if there is only one kind. */
  condition: string | null;
  /** The information that the policy gets, see `Policy.sees`; null if it is not declared. */
  sees: string | null;
  /** Size of the learned parameters, bytes; null for policies that are code. */
  policy_bytes: number | null;
  /**
   * Score if the environment charges each action the time that its decision took in this episode, instead of its own
   * charge. Null for all policies but agents, and if it was not played. It differs from run to run, as `decision_us`
   * does.
   */
  charged_score: number | null;
  /**
   * The metrics of `Problem.measures`, each in a column of its name. Null if an episode lacks the metric, and for the
   * bound.
   */
  measures: Readonly<Record<string, number | null>>;
}

/** The columns of `evaluation.csv` that every environment has. */
const COLUMNS = [
  "policy",
  "role",
  "training_seed",
  "split",
  "workload",
  "seed",
  "episode",
  "return",
  "cost",
  "score",
  "bound",
  "default_cost",
  "steps",
  "decision_us",
  "condition",
  "sees",
  "policy_bytes",
  "charged_score",
] as const satisfies readonly Exclude<keyof EvaluationRecord, "measures">[];

/** Columns of `evaluation.csv` with these measures. */
export function evaluationColumns(measures: readonly Measure[]): string[] {
  return [...COLUMNS, ...measures.map(({ metric }) => metric)];
}

/** A record as in `evaluation.csv`: one cell for each column. */
export function evaluationCells({ measures, ...record }: EvaluationRecord): Record<string, string | number | null> {
  return { ...record, ...measures };
}

/** The measures of a problem, from the metrics of an episode; null if a metric is NaN or missing. */
export function measured(
  { measures }: Problem,
  metrics: Readonly<Record<string, number>>,
): EvaluationRecord["measures"] {
  return Object.fromEntries(
    measures.map(({ metric }) => {
      const value = metrics[metric] ?? Number.NaN;
      return [metric, Number.isNaN(value) ? null : value];
    }),
  );
}
