import type { Split } from "../../gym/env.ts";
import type { PolicyRole } from "../play/policy.ts";
import { csvText, readCells } from "../run/csv.ts";
import { RunError } from "../run/usage_error.ts";

/** One number of a benchmark: a record of `results.csv`. null is an empty cell: the record is about all that there is of it. */
export interface ResultRecord {
  /** Registry id. */
  env: string;
  policy: string;
  role: PolicyRole;
  /** What the policy is told, see `Policy.sees`. */
  sees: string | null;
  training_seed: number | null;
  split: Split;
  workload: string | null;
  /** Of the episode. */
  seed: number | null;
  /** Kind of machine, see `KernelEnv.condition`. */
  condition: string | null;
  /** Environment steps of training before the evaluation; of those while training only. */
  step: number | null;
  metric: string;
  value: number;
  /** Of the code, see `codeVersion`. */
  version: string;
  /** How the policy was made and played, `key=value` with blanks between. */
  settings: string;
}

/** What a result is of; the rest of a record is what was measured. */
export type ResultHead = Pick<
  ResultRecord,
  "env" | "policy" | "role" | "sees" | "training_seed" | "split" | "version" | "settings"
>;

/** Columns of `results.csv`. */
export const RESULT_COLUMNS = [
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

/** Metrics of an episode, beside the measures of its environment. Returns are left out: costs compare, and a return follows from
 * the cost or says less.
 */
export const EPISODE_METRICS = ["cost", "score", "charged_score"] as const;

/** Metrics of a policy, beside those of its episodes. */
export const POLICY_METRICS = ["decision_us", "policy_bytes"] as const;

/** Metric of a training: time of all its updates, s. */
export const TRAINING_SECONDS = "training_seconds";

/** Metric of a training: what the policy that was kept had on the validation split; `step` says when. */
export const KEPT = "kept_score";

/** Digits that values are written with: far more than any interval has. */
const DIGITS = 7;

/** A value as it is written. */
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

/**
 * Reads a `results.csv`.
 *
 * @throws RunError that names the file and line of what is wrong
 */
export function readResults(path: string): ResultRecord[] {
  const [head = [], ...lines] = readCells(path);
  if (head.join() !== RESULT_COLUMNS.join()) {
    throw new RunError(`${path} must have the columns ${RESULT_COLUMNS.join(", ")}, got ${head.join(", ") || "none"}`);
  }
  return lines.map((cells, i) => {
    if (cells.length !== head.length) {
      throw new RunError(`${path}:${i + 2}: expected ${head.length} cells, got ${cells.length}`);
    }
    const record = Object.fromEntries(RESULT_COLUMNS.map((column, k) => [column, cells[k]]));
    const number = (column: (typeof RESULT_COLUMNS)[number]): number | null => {
      const cell = record[column];
      if (cell === "") return null;
      if (!Number.isFinite(Number(cell))) throw new RunError(`${path}:${i + 2}: ${column} is no number: "${cell}"`);
      return Number(cell);
    };
    const value = number("value");
    if (value === null) throw new RunError(`${path}:${i + 2}: value is empty`);
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

/** Settings as they stand in a record, in the order given; those that are null are left out. */
export function settingsText(settings: Readonly<Record<string, string | number | null>>): string {
  return Object.entries(settings)
    .flatMap(([name, value]) => (value === null ? [] : [`${name}=${value}`]))
    .join(" ");
}

/** One of the settings of a record; null where it has none of that name. */
export function settingOf({ settings }: Pick<ResultRecord, "settings">, name: string): string | null {
  const found = settings.split(" ").find((pair) => pair.startsWith(`${name}=`));
  return found === undefined ? null : found.slice(name.length + 1);
}
