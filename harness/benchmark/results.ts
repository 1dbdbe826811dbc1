import { z } from "zod";
import { FileError } from "../../files/file_error.ts";
import { firstIssue } from "../../files/first_issue.ts";
import type { Split } from "../../gym/env.ts";
import { POLICY_ROLES, type PolicyRole } from "../play/policy.ts";
import { csvText, readCells } from "../run/csv.ts";

/**
 * A record of `results.csv`: one number of a benchmark. Null is an empty cell; the number then holds for all values of
 * the column.
 */
export interface ResultRecord {
  /** Registry id. */
  env: string;
  policy: string;
  role: PolicyRole;
  /** The information that the policy gets, see `Policy.sees`. */
  sees: string | null;
  training_seed: number | null;
  split: Split;
  workload: string | null;
  /** Of the episode. */
  seed: number | null;
  /** Kind of machine, see `KernelEnv.condition`. */
  condition: string | null;
  /** Environment steps of training before the evaluation; only for evaluations while training. */
  step: number | null;
  metric: string;
  value: number;
  /** Version of the code, see `codeVersion`. */
  version: string;
  /** Settings of the training and the evaluation: `key=value`, separated by blanks. */
  settings: string;
}

/** The columns that say what a record is about. The others say what was measured. */
export type ResultHead = Pick<
  ResultRecord,
  "env" | "policy" | "role" | "sees" | "training_seed" | "split" | "version" | "settings"
>;

/** Columns of `results.csv`. */
const RESULT_COLUMNS = [
  "env",
  "policy",
  "role",
  "sees",
  "training_seed",
  "split",
  "workload",
  "seed",
  "condition",
  "step",
  "metric",
  "value",
  "version",
  "settings",
] as const satisfies readonly (keyof ResultRecord)[];

/**
 * Metrics of an episode, beside the measures of its environment. Returns are left out: costs compare policies, and a
 * return follows from the cost or says less.
 */
export const EPISODE_METRICS = ["cost", "score", "charged_score"] as const;

/** Metrics of a policy, beside those of its episodes. */
export const POLICY_METRICS = ["decision_us", "policy_bytes"] as const;

/** Metric of a training: time of all its updates, s. */
export const TRAINING_SECONDS = "training_seconds";

/** Metrics that depend on the machine: times, and scores that are charged for them. */
const TIME_METRICS: readonly string[] = ["decision_us", "charged_score", TRAINING_SECONDS];

/** The setting of records of time that names the machine. */
const MACHINE = "machine";

/** A record, which names the machine if its value depends on it. @param machine see `machineName` */
export function withMachine(record: ResultRecord, machine: string): ResultRecord {
  if (!isTime(record)) return record;
  return {
    ...record,
    settings: `${record.settings} ${settingsText({ [MACHINE]: settingValue(machine) })}`.trimStart(),
  };
}

/** Whether the value of a record depends on the machine. */
export function isTime({ metric }: Pick<ResultRecord, "metric">): boolean {
  return TIME_METRICS.includes(metric);
}

/** The machine of a record of time; null if it names none, as records of older versions. */
export function machineOf(record: Pick<ResultRecord, "settings">): string | null {
  const text = settingOf(record, MACHINE);
  if (text === null) return null;
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}

/** Metric of a training: the validation score of the kept policy, whose step is `step`. */
export const KEPT = "kept_score";

/** Longest name. Source: choice, far above the longest in use. */
const LONGEST_NAME = 1000;

/** Significant digits of written values, far more than any interval needs. */
const DIGITS = 7;

/** A value with the digits that are written. */
export function rounded(value: number): number {
  return Number(value.toPrecision(DIGITS));
}

/** Records as the text of `results.csv`. */
export function resultsText(records: readonly ResultRecord[]): string {
  return csvText(
    records.map((record) => ({ ...record, value: rounded(record.value) })),
    RESULT_COLUMNS,
  );
}

const nameSchema = z.string().min(1).max(LONGEST_NAME);

/** A whole number below 2^53, or an empty cell. */
const wholeSchema = z.string().regex(/^\d{0,15}$/, "must be a whole number of at most 15 digits");

/** What texts a record of `results.csv` may hold. */
const recordSchema = z.object({
  env: nameSchema,
  policy: nameSchema,
  role: z.enum(POLICY_ROLES),
  split: z.enum(["train", "validation", "test"]),
  workload: z.string().max(LONGEST_NAME),
  condition: z.string().max(LONGEST_NAME),
  metric: nameSchema,
  seed: wholeSchema,
  training_seed: wholeSchema,
  step: wholeSchema,
});

/**
 * Reads a `results.csv`.
 *
 * @throws FileError that names the file and line of the fault
 */
export function readResults(path: string): ResultRecord[] {
  const [head = [], ...lines] = readCells(path);
  if (head.join() !== RESULT_COLUMNS.join()) {
    throw new FileError(`${path} must have the columns ${RESULT_COLUMNS.join(", ")}, got ${head.join(", ") || "none"}`);
  }
  return lines.map((cells, i) => {
    if (cells.length !== head.length) {
      throw new FileError(`${path}:${i + 2}: expected ${head.length} cells, got ${cells.length}`);
    }
    const record = Object.fromEntries(RESULT_COLUMNS.map((column, k) => [column, cells[k]]));
    const number = (column: (typeof RESULT_COLUMNS)[number]): number | null => {
      const cell = record[column];
      if (cell === "") return null;
      if (!Number.isFinite(Number(cell))) throw new FileError(`${path}:${i + 2}: ${column} is no number: "${cell}"`);
      return Number(cell);
    };
    const read = recordSchema.safeParse(record);
    if (!read.success) throw new FileError(`${path}:${i + 2}: ${firstIssue(read.error, record)}`);
    const value = number("value");
    if (value === null) throw new FileError(`${path}:${i + 2}: value is empty`);
    return {
      ...(record as Pick<ResultRecord, "env" | "policy" | "role" | "split" | "metric" | "version" | "settings">),
      sees: record.sees || null,
      training_seed: number("training_seed"),
      workload: record.workload || null,
      seed: number("seed"),
      condition: record.condition || null,
      step: number("step"),
      value,
    };
  });
}

/** The text of settings in a record, in the given order. Null values are left out. */
export function settingsText(settings: Readonly<Record<string, string | number | null>>): string {
  return Object.entries(settings)
    .flatMap(([name, value]) => (value === null ? [] : [`${name}=${value}`]))
    .join(" ");
}

/** A value as the text of a setting: JSON without blanks. */
export function settingValue(value: unknown): string {
  return JSON.stringify(value).replaceAll(" ", "\\u0020");
}

/** The value of a setting of a record; null if it has no such setting. */
export function settingOf({ settings }: Pick<ResultRecord, "settings">, name: string): string | null {
  const found = settings.split(" ").find((pair) => pair.startsWith(`${name}=`));
  return found === undefined ? null : found.slice(name.length + 1);
}
