import { scoreOf } from "./evaluate.ts";
import type { EvaluationRow } from "./evaluation_row.ts";
import { groupBy, mean } from "./statistics.ts";

/** What a policy has on one workload in the mean. */
export interface WorkloadScore {
  workload: string | null;
  score: number;
}

/**
 * The scores of one policy, workload by workload. Scores of episodes whose room was pooled (`Problem.pooled`) are shares of a room that
 * is not the workload's, so that the bound itself would have less or more than 1; there a workload is measured by its own mean room,
 * (mean cost of default - mean cost) / (mean cost of default - mean bound).
 *
 * @param rows of one policy
 * @param pooled whether their scores are pooled
 * @returns nothing for workloads without a score, and with `pooled` for those in which the default leaves no room
 */
export function workloadScores(rows: readonly EvaluationRow[], pooled: boolean): WorkloadScore[] {
  return [...groupBy(rows, ({ workload }) => workload)].flatMap(([workload, own]) => {
    const scored = own.filter((row) => row.score !== null);
    if (scored.length === 0) return [];
    const meanBy = (value: (row: EvaluationRow) => number) => mean(scored.map(value));
    const score = pooled
      ? scoreOf(
          meanBy(({ cost }) => cost!),
          { bound: meanBy(({ bound }) => bound!), defaultCost: meanBy(({ default_cost }) => default_cost!) },
        )
      : meanBy((row) => row.score!);
    return score === null ? [] : [{ workload, score }];
  });
}

/** Names of the workloads that `workloadScores` leaves out of pooled scores, because the default leaves no room in them. */
export function workloadsWithoutRoom(rows: readonly EvaluationRow[]): string[] {
  const kept = new Set(workloadScores(rows, true).map(({ workload }) => workload));
  return [...new Set(rows.map(({ workload }) => workload))].flatMap((workload) =>
    workload === null || kept.has(workload) ? [] : [workload],
  );
}
