import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Benchmark, RESULTS_FILE, readBenchmark } from "../benchmark/manifest.ts";
import { readResults } from "../benchmark/results.ts";
import type { PolicySummary } from "../compare/summary.ts";
import { readCells } from "../run/csv.ts";
import { RunError, UsageError } from "../run/usage_error.ts";
import { type Comparison, comparisonsOf } from "./comparison.ts";
import { svgFault } from "./svg_fault.ts";

/** The content of a CSV file. */
export interface TextTable {
  columns: string[];
  rows: string[][];
}

/** A part of a report: the content of one folder. */
export type ReportPart =
  | {
      kind: "benchmark";
      path: string;
      benchmark: Benchmark;
      comparisons: Comparison[];
      /** Null if it was not measured. */
      validation: TextTable | null;
      throughput: TextTable | null;
    }
  | { kind: "ladder"; path: string; svg: string; runs: TextTable; transitions: TextTable | null }
  | { kind: "training"; path: string; svg: string; env: string; agent: string; policies: PolicySummary[] };

/**
 * Reads the folder of a benchmark, of a run of the mode ladder or of a training.
 *
 * @throws UsageError if it is none of them or not finished, RunError if one of its files is damaged
 */
export function readPart(path: string): ReportPart {
  const has = (name: string) => existsSync(join(path, name));
  if (has(RESULTS_FILE)) {
    return {
      kind: "benchmark",
      path,
      benchmark: readBenchmark(path),
      comparisons: comparisonsOf(readResults(join(path, RESULTS_FILE))),
      validation: has("validation.csv") ? readTable(join(path, "validation.csv")) : null,
      throughput: has("throughput.csv") ? readTable(join(path, "throughput.csv")) : null,
    };
  }
  if (has("ladder.csv") && has("ladder.svg")) {
    return {
      kind: "ladder",
      path,
      svg: readPicture(join(path, "ladder.svg")),
      runs: readTable(join(path, "ladder.csv")),
      transitions: has("transitions.csv") ? readTable(join(path, "transitions.csv")) : null,
    };
  }
  if (has("summary.json") && has("curve.svg")) {
    const file = join(path, "summary.json");
    const svg = readPicture(join(path, "curve.svg"));
    try {
      const { env, agent, test } = JSON.parse(readText(file));
      return { kind: "training", path, svg, env, agent, policies: test.policies };
    } catch (error) {
      throw new RunError(`${file} is damaged: ${(error as Error).message}`);
    }
  }
  throw new UsageError(`${path} holds nothing to report: no finished benchmark, run of the mode ladder or training`);
}

function readTable(path: string): TextTable {
  const [columns = [], ...rows] = readCells(path);
  return { columns, rows };
}

/** A picture that a page can hold safely. @throws RunError if it is more than a picture */
function readPicture(path: string): string {
  const svg = readText(path);
  const fault = svgFault(svg);
  if (fault !== null) throw new RunError(`${path} is not only a picture: ${fault}`);
  return svg;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new RunError(`cannot read ${path}: ${(error as Error).message}`);
  }
}
