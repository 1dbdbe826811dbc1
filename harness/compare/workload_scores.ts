import { group, mean } from "d3-array";
import type { EvaluationRecord } from "./evaluation_record.ts";

/** The score of a policy on one workload. */
export interface WorkloadScore {
  workload: string | null;
  score: number;
}

/**
 * A workload is scored by its own room only if that is at least this share of the mean room of all episodes. In
 * workloads below it the default is almost perfect: a loss that is nothing beside the other workloads would be
 * thousands of such rooms. Source: choice; the rooms of the test workloads of `ring0/CongestionControl-v1` are below
 * 0.001 or above 0.2 of their mean.
 */
const LEAST_ROOM = 0.01;

/**
 * The scores of one policy by workload. The room is the cost of the default minus the bound. Pooled scores of episodes
 * (`Problem.pooled`) are shares of the mean room of all workloads, so that the bound of one workload would score less
 * or more than 1. A workload is therefore measured by its own mean room: (mean cost of default - mean cost) / (mean
 * cost of default - mean bound).
 *
 * @param records of one policy in all compared workloads
 * @param pooled whether their scores are pooled
 * @returns no entry for workloads without a score, and with `pooled` for those in which the default leaves no room
 */
export function workloadScores(records: readonly EvaluationRecord[], pooled: boolean): WorkloadScore[] {
  const scored = records.filter((record) => record.score !== null);
  const least = pooled ? LEAST_ROOM * roomOf(scored) : 0;
  return [...group(scored, ({ workload }) => workload)].flatMap(([workload, own]) => {
    if (!pooled) return [{ workload, score: mean(own, ({ score }) => score)! }];
    const room = roomOf(own);
    if (room <= least) return [];
    return [{ workload, score: mean(own, ({ default_cost, cost }) => default_cost! - cost!)! / room }];
  });
}

/** Mean room between default and bound. */
function roomOf(records: readonly EvaluationRecord[]): number {
  return mean(records, ({ default_cost, bound }) => default_cost! - bound!) ?? Number.NaN;
}

/** Names of the workloads that `workloadScores` omits from pooled scores because the default leaves no room in them. */
export function workloadsWithoutRoom(records: readonly EvaluationRecord[]): string[] {
  const kept = new Set(workloadScores(records, true).map(({ workload }) => workload));
  return [...new Set(records.map(({ workload }) => workload))].flatMap((workload) =>
    workload === null || kept.has(workload) ? [] : [workload],
  );
}
