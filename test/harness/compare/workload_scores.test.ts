import { describe, expect, it } from "vitest";
import type { EvaluationRecord } from "../../../harness/compare/evaluation_record.ts";
import { profileOf, reliabilityOf } from "../../../harness/compare/reliability.ts";
import { summarise } from "../../../harness/compare/summary.ts";
import { workloadScores, workloadsWithoutRoom } from "../../../harness/compare/workload_scores.ts";
import { Evaluator } from "../../../harness/evaluate/evaluate.ts";
import { heuristicPolicy } from "../../../harness/play/policy.ts";
import { problems } from "../../../harness/problems/index.ts";

/** An episode whose score is pooled: rooms are 8, 2, 2 and hardly any, 3 in the mean. */
function row(workload: string, cost: number, default_cost: number, bound: number): EvaluationRecord {
  return {
    policy: "rule",
    role: "hand-rule",
    training_seed: null,
    split: "test",
    workload,
    seed: 2_000_000,
    episode: 0,
    return: null,
    cost,
    score: (default_cost - cost) / 3,
    bound,
    default_cost,
    steps: 5,
    decision_us: 2,
    condition: null,
    sees: null,
    policy_bytes: null,
    charged_score: null,
    measures: {},
  };
}

const rows = [row("wide", 6, 10, 2), row("wide", 4, 4, 2), row("narrow", 5, 4, 2), row("none", 3, 3.001, 3)];

describe("workloadScores", () => {
  it("measures a pooled workload by its own mean room, and leaves out those without", () => {
    // Wide: (7 - 5) / (7 - 2); narrow: (4 - 5) / (4 - 2).
    expect(workloadScores(rows, true)).toEqual([
      { workload: "wide", score: 0.4 },
      { workload: "narrow", score: -0.5 },
    ]);
    expect(workloadsWithoutRoom(rows)).toEqual(["none"]);
    const [{ mean, interquartile_mean, worst_workload, worst_mean }] = summarise(rows, { pooled: true }).policies;
    expect(mean).toBeCloseTo((4 + 0 - 1 + 0.001) / 3 / 4, 12);
    expect(interquartile_mean).toBeCloseTo((0.4 - 0.5) / 2, 12);
    expect([worst_workload, worst_mean]).toEqual(["narrow", -0.5]);
  });

  it("takes the mean of scores where they are not pooled", () => {
    expect(workloadScores(rows, false).map(({ score }) => score)).toEqual([
      2 / 3,
      -1 / 3,
      expect.closeTo(0.001 / 3, 12),
    ]);
    expect(workloadScores([{ ...rows[0], score: null }], false)).toEqual([]);
  });
});

describe.each(problems)("$id", (problem) => {
  it("gives the bound no optimality gap and a whole profile, the default the gap 1 and scores of 0", () => {
    const evaluator = new Evaluator(problem.id, "validation", { episodes: 1 });
    const pooled = problem.pooled === true;
    const bound = reliabilityOf({ records: evaluator.boundRecords(), pooled });
    expect(bound.scores[0].length).toBeGreaterThan(0);
    expect(bound.optimalityGap).toBe(0);
    expect(bound.interquartileMean).toBe(1);
    for (const { share } of profileOf(bound, [-0.5, 0, 0.5, 0.975])) expect(share).toBe(1);
    const shipped = problem.heuristics.find(({ role }) => role === "default")!;
    const played = reliabilityOf({ records: evaluator.evaluate(heuristicPolicy(problem, shipped)), pooled });
    expect(new Set(played.scores.flat(2))).toEqual(new Set([0]));
    expect(played.optimalityGap).toBe(1);
  });
});
