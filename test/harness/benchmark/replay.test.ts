import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { replayRow } from "../../../harness/benchmark/replay.ts";
import { rivalRows } from "../../../harness/benchmark/result_rows.ts";
import { resultsText } from "../../../harness/benchmark/results.ts";
import { defaultPlayer, Evaluator, findProblem } from "../../../harness/evaluate/evaluate.ts";
import { findPlayer } from "../../../harness/play/find_player.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

/** Writes what a heuristic, the default and the bound have in single episodes, and says in which line the metric of the first of them is. */
function written(env: string, policy: string, metric: string): string {
  const evaluator = new Evaluator(env, "validation", { episodes: 1 });
  const players = [findPlayer(env, policy), defaultPlayer(findProblem(evaluator.spec.id)!)!];
  const test = [...players.flatMap((player) => evaluator.evaluate(player)), ...evaluator.boundRows()];
  const rows = rivalRows({ test, levels: [] }, evaluator.spec.id, { validation: 1, test: 1 }, "1.0.0");
  const path = join(temporaryFolder(), "results.csv");
  writeFileSync(path, resultsText(rows));
  return `${path}:${rows.findIndex((row) => row.metric === metric && row.seed !== null) + 2}`;
}

describe("replayRow", () => {
  it("finds costs and scores again", () => {
    for (const metric of ["cost", "score"]) {
      const { row, replayed, same } = replayRow(written("tiering", "memtis", metric));
      expect(row.metric).toBe(metric);
      expect(replayed).toBe(row.value);
      expect(same).toBe(true);
    }
  });

  it("measures scores that are pooled by the episodes that were played beside", () => {
    const { row, replayed, same } = replayRow(written("congestion", "static-window", "score"));
    expect(row.policy).toBe("static-window");
    expect(replayed).toBeCloseTo(row.value, 5);
    expect(same).toBe(true);
  });
});
