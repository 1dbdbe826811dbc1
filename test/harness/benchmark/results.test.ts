import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { evaluationRecordsOf } from "../../../harness/benchmark/episode_records.ts";
import { rivalRecords } from "../../../harness/benchmark/result_records.ts";
import {
  type ResultRecord,
  readResults,
  resultsText,
  settingOf,
  settingsText,
} from "../../../harness/benchmark/results.ts";
import { Evaluator } from "../../../harness/evaluate/evaluate.ts";
import { findPolicy } from "../../../harness/play/find_policy.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

const row: ResultRecord = {
  env: "ring0/GpuPreemption-v1",
  policy: "rollout",
  role: "agent",
  sees: null,
  training_seed: 3,
  split: "test",
  workload: "cameras",
  seed: 2_000_001,
  condition: 'slices, "short"',
  step: null,
  metric: "score",
  value: 0.123456789,
  version: "0.1.0+1a2b3c4d",
  settings: "episodes=48 steps=6000000",
};

describe("results.csv", () => {
  it("has every number on a line of its own, and is read back to seven digits", () => {
    const path = join(temporaryFolder(), "results.csv");
    const level: ResultRecord = { ...row, workload: null, seed: null, condition: null, step: 100, split: "validation" };
    writeFileSync(path, resultsText([row, level]));
    expect(readResults(path)).toEqual([
      { ...row, value: 0.1234568 },
      { ...level, value: 0.1234568 },
    ]);
    expect(settingOf(row, "steps")).toBe("6000000");
    expect(settingOf(row, "backend")).toBeNull();
    expect(settingsText({ episodes: 48, steps: null, backend: "wasm" })).toBe("episodes=48 backend=wasm");
  });

  it("says which line is wrong", () => {
    const path = join(temporaryFolder(), "results.csv");
    const text = resultsText([row]);
    for (const [bad, message] of [
      ["policy,score\n", /must have the columns env, policy/],
      [text.replace("0.1234568", "much"), /results\.csv:2: value is no number: "much"/],
      [text.replace("0.1234568", ""), /results\.csv:2: value is empty/],
      [`${text}one,two\n`, /results\.csv:3: expected 14 cells, got 2/],
    ] as const) {
      writeFileSync(path, bad);
      expect(() => readResults(path)).toThrow(message);
    }
    expect(() => readResults(`${path}.gone`)).toThrow(/there is no file/);
  });

  it("gives the episodes back that it was made of", () => {
    const evaluator = new Evaluator("congestion", "validation", { episodes: 1 });
    const names = ["dcqcn", "static-window"];
    const played = names.flatMap((name) => evaluator.evaluate(findPolicy("congestion", name)));
    const test = [...played, ...evaluator.boundRecords()].map((one) => ({ ...one, split: "test" as const }));
    const episodes = { validation: 1, test: 1 };
    const back = evaluationRecordsOf(
      rivalRecords({ test, levels: [] }, evaluator.spec.id, episodes, "1.0.0", "a machine"),
    );
    expect(back).toEqual(
      test.map((one) => ({
        ...one,
        return: null,
        steps: null,
        decision_us: one.role === "bound" ? null : expect.any(Number),
      })),
    );
  });
});
