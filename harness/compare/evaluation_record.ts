import type { Split } from "../../gym/env.ts";
import type { PolicyRole } from "../play/policy.ts";
import type { Measure, Problem } from "../problems/problem.ts";

/** A record of `evaluation.csv`: one policy in one episode. null where an environment has no such number. */
export interface EvaluationRecord {
  policy: string;
  /** `agent`, `reference`, `bound`, or the role of the heuristic. */
  role: PolicyRole;
  /** Seed the agent was trained with; null for everything that was not trained. */
  training_seed: number | null;
  split: Split;
  workload: string | null;
  seed: number;
  /** Which of the episodes of this workload. */
  episode: number;
  return: number | null;
  cost: number | null;
  /**
   * (cost of default - cost) / (cost of default - bound): 0 is the default heuristic, 1 the bound. With `Problem.pooled` the
   * denominator is its mean over the episodes, so that means of scores are ratios of mean costs.
   */
  score: number | null;
  bound: number | null;
  default_cost: number | null;
  steps: number | null;
  /** Time of a decision, microseconds. Differs from run to run. */
  decision_us: number | null;
  /** Kind of machine, see `KernelEnv.condition`; null where there is one kind. */
  condition: string | null;
  /** What the policy is told, see `Policy.sees`; null where that is not said. */
  sees: string | null;
  /** Size of what was learned, bytes; null for what is code. */
  policy_bytes: number | null;
  /**
   * Score when every action is charged the time that its decision took in this very episode, in the place of what the environment
   * charges; null for all but agents, and where that was not played. Differs from run to run, as `decision_us` does.
   */
  charged_score: number | null;
  /** The metrics of `Problem.measures`, each a column of its name. null where an episode has none of it, and for the bound. */
  measures: Readonly<Record<string, number | null>>;
}

/** Columns of `evaluation.csv` whatever the environment. */
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

/** A record as `evaluation.csv` has it: a cell a column. */
export function evaluationCells({ measures, ...record }: EvaluationRecord): Record<string, string | number | null> {
  return { ...record, ...measures };
}

/** What the metrics of an episode say of the measures of a problem; null for those that are NaN or not there. */
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
