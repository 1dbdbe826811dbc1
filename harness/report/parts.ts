import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { FileError } from "../../files/file_error.ts";
import { firstIssue } from "../../files/first_issue.ts";
import { readFile } from "../../files/open_file.ts";
import { readJson } from "../../files/read_json.ts";
import { type Benchmark, RESULTS_FILE, readBenchmark } from "../benchmark/manifest.ts";
import { readResults } from "../benchmark/results.ts";
import { POLICY_ROLES } from "../play/policy.ts";
import { readCells } from "../run/csv.ts";
import { UsageError } from "../run/usage_error.ts";
import { type Comparison, comparisonsOf } from "./comparison.ts";
import { svgFault } from "./svg_fault.ts";

/** The content of a CSV file. */
export interface TextTable {
  columns: string[];
  rows: string[][];
}

/** Longest text in a cell. Source: choice, far above the longest name. */
const LONGEST_CELL = 10_000;

/** Most bytes of a picture. Source: choice, far above the largest. */
const MOST_PICTURE = 16 << 20;

const tableSchema = z.object({
  columns: z.array(z.string().max(LONGEST_CELL)).min(1),
  rows: z.array(z.array(z.string().max(LONGEST_CELL))),
});

const nameSchema = z.string().max(LONGEST_CELL);
const intervalSchema = z.object({ low: z.number(), high: z.number() }).nullable();

/** A policy of summary.json, with what a page shows of it. */
const policySchema = z.object({
  policy: nameSchema,
  role: z.enum(POLICY_ROLES),
  training_seeds: z.int().nonnegative(),
  mean: z.number().nullable(),
  interval: intervalSchema,
  decision_us: z.number().nullable(),
  difference: z.object({ mean: z.number().nullable(), interval: intervalSchema }).nullable(),
});

const summarySchema = z.object({
  env: nameSchema,
  agent: nameSchema,
  test: z.object({ policies: z.array(policySchema) }),
});

/** A policy as the section of a training shows it. */
export type ShownPolicy = z.infer<typeof policySchema>;

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
  | { kind: "training"; path: string; svg: string; env: string; agent: string; policies: ShownPolicy[] };

/**
 * Reads the folder of a benchmark, of a run of the mode ladder or of a training.
 *
 * @throws UsageError if it is none of them or not finished, FileError if one of its files is damaged
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
    const { env, agent, test } = readJson(file, summarySchema);
    return { kind: "training", path, svg, env, agent, policies: test.policies };
  }
  throw new UsageError(`${path} holds nothing to report: no finished benchmark, run of the mode ladder or training`);
}

function readTable(path: string): TextTable {
  const [columns = [], ...rows] = readCells(path);
  const faulty = rows.findIndex((row) => row.length !== columns.length);
  if (faulty >= 0) {
    throw new FileError(`${path}:${faulty + 2}: expected ${columns.length} cells, got ${rows[faulty].length}`);
  }
  const read = tableSchema.safeParse({ columns, rows });
  if (!read.success) throw new FileError(`${path} is no table: ${firstIssue(read.error, { columns, rows })}`);
  return read.data;
}

/** A picture that a page can hold safely. @throws FileError if it is more than a picture */
function readPicture(path: string): string {
  const svg = readFile(path, MOST_PICTURE).toString("utf8");
  assertPicture(svg, path);
  return svg;
}

/** @throws FileError if a page cannot hold an SVG safely, because it is more than a picture */
export function assertPicture(svg: string, where: string): void {
  const fault = svgFault(svg);
  if (fault !== null) throw new FileError(`${where} is not only a picture: ${fault}`);
}
