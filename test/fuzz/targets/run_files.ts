import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { readBenchmark } from "../../../harness/benchmark/manifest.ts";
import { readResults, resultsText } from "../../../harness/benchmark/results.ts";
import { comparisonsOf } from "../../../harness/report/comparison.ts";
import { reportPage } from "../../../harness/report/page.ts";
import { readPart } from "../../../harness/report/parts.ts";
import { CsvLog } from "../../../harness/run/csv.ts";
import { configSchema, RunDirectory } from "../../../harness/run/run_directory.ts";
import { assertRunnable } from "../../../harness/train/plan_run.ts";
import { writeConstants } from "../../../harness/tune/tune_environment.ts";
import { smallResults } from "../../harness/benchmark/small_benchmark.ts";
import { callProgram } from "../call_program.ts";
import { type Fixtures, textOf } from "../fixtures.ts";
import { damagedJson, damagedLines, damagedValue, jsonText } from "../mutations.ts";
import type { Target } from "../target.ts";
import { refusedByProgram } from "./refused_by_program.ts";

const RESULTS = resultsText(smallResults());
const PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="3" height="3"/></svg>';

/** The files of our own runs. */
export function runFiles({ ppo, ladder }: Fixtures): readonly Target[] {
  const config = JSON.parse(textOf(ppo, "config.json")) as Record<string, unknown>;
  const summary: unknown = JSON.parse(textOf(ppo, "summary.json"));
  const benchmark = JSON.parse(
    readFileSync(new URL("../../../docs/results/benchmark.json", import.meta.url), "utf8"),
  ) as Record<string, unknown>;
  return [
    {
      name: "config.json",
      inputs: fc
        .oneof(damagedValue([config]).map(sealedConfig), damagedJson([config]))
        .map((text) => ({ files: { "config.json": text } })),
      run: () => assertRunnable(RunDirectory.open(".").readConfig()),
    },
    {
      name: "progress.csv",
      inputs: damagedLines([textOf(ppo, "progress.csv")], ",").map((text) => ({ files: { "progress.csv": text } })),
      run() {
        const { log, records } = CsvLog.resume("progress.csv", ["step", "score", "validation_return"], () => true);
        if (records.length > 0) log.append(records[0]);
        log.close();
      },
    },
    {
      name: "summary.json",
      inputs: fc
        .oneof(
          { weight: 4, arbitrary: damagedJson([summary]).map((text) => [text, PICTURE] as const) },
          { weight: 1, arbitrary: damagedLines([PICTURE], " ").map((text) => [jsonText(summary), text] as const) },
        )
        .map(([text, picture]) => ({ files: { "summary.json": text, "curve.svg": picture } })),
      run: () => void reportPage([readPart(".")], () => []),
    },
    {
      name: "ladder.csv",
      inputs: fc
        .tuple(
          damagedLines([textOf(ladder, "ladder.csv")], ","),
          damagedLines([textOf(ladder, "transitions.csv"), textOf(ladder, "ladder.csv")], ","),
        )
        .map(([runs, changes]) => ({
          files: { "ladder.csv": runs, "transitions.csv": changes, "ladder.svg": PICTURE },
        })),
      run: () => void reportPage([readPart(".")], () => []),
    },
    {
      name: "results.csv",
      inputs: damagedLines([RESULTS], ",").map((text) => ({ files: { "results.csv": text } })),
      run: () => void comparisonsOf(readResults("results.csv")),
    },
    {
      name: "benchmark.json",
      inputs: damagedJson([{ ...benchmark, runs: [without(config, "sha256")], kept: [] }, benchmark]).map((text) => ({
        files: { "benchmark.json": text },
      })),
      run: () => readBenchmark(".").runs.forEach(assertRunnable),
    },
    {
      name: "tuned constants",
      inputs: damagedJson([{ lru: { a: 1 }, np: { b: 2.5, c: 3 } }]).map((text) => ({ files: { "tuned.json": text } })),
      run: () => writeConstants([], "tuned.json"),
    },
    {
      name: "replayed records",
      inputs: fc
        .tuple(damagedLines([RESULTS], ","), fc.constantFrom("2", "3", "20", "1", "0", "1.5", "-1", "999999", "x"))
        .map(([text, line]) => ({
          files: { "results.csv": text },
          args: ["benchmark", "--replay", `results.csv:${line}`],
        })),
      run: async ({ args }) => refusedByProgram(await callProgram(args ?? [])),
    },
  ];
}

function without(value: Record<string, unknown>, key: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
}

/** A config with the checksum that it needs, where it can have one. */
function sealedConfig(config: unknown): Buffer {
  const read = configSchema.safeParse(without(Object(config), "sha256"));
  if (!read.success) return Buffer.from(jsonText(config));
  const sha256 = createHash("sha256").update(JSON.stringify(read.data)).digest("hex");
  return Buffer.from(JSON.stringify({ ...read.data, sha256 }));
}
