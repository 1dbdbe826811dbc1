import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { replayLine } from "../../../harness/benchmark/replay.ts";
import { rivalRecords } from "../../../harness/benchmark/result_records.ts";
import { resultsText } from "../../../harness/benchmark/results.ts";
import { Evaluator } from "../../../harness/evaluate/evaluate.ts";
import { defaultPolicy } from "../../../harness/evaluate/score.ts";
import { findPolicy } from "../../../harness/play/find_policy.ts";
import { findProblem } from "../../../harness/problems/index.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

/** Writes what a heuristic, the default and the bound have in single episodes, and says in which line the metric of the first of them is. */
function written(env: string, policy: string, metric: string): string {
  const evaluator = new Evaluator(env, "validation", { episodes: 1 });
  const policies = [findPolicy(env, policy), defaultPolicy(findProblem(evaluator.spec.id)!)!];
  const test = [...policies.flatMap((policy) => evaluator.evaluate(policy)), ...evaluator.boundRecords()];
  const rows = rivalRecords({ test, levels: [] }, evaluator.spec.id, { validation: 1, test: 1 }, "1.0.0", "a machine");
  const path = join(temporaryFolder(), "results.csv");
  writeFileSync(path, resultsText(rows));
  return `${path}:${rows.findIndex((row) => row.metric === metric && row.seed !== null) + 2}`;
}

describe("replayLine", () => {
  it("finds costs and scores again", () => {
    for (const metric of ["cost", "score"]) {
      const { record, replayed, same } = replayLine(written("tiering", "memtis", metric));
      expect(record.metric).toBe(metric);
      expect(replayed).toBe(record.value);
      expect(same).toBe(true);
    }
  });

  it("measures scores that are pooled by the episodes that were played beside", () => {
    const { record, replayed, same } = replayLine(written("congestion", "static-window", "score"));
    expect(record.policy).toBe("static-window");
    expect(replayed).toBeCloseTo(record.value, 5);
    expect(same).toBe(true);
  });
});
