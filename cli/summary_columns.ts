import type { DifferenceSummary } from "../harness/compare/compare.ts";
import { intervalText } from "../harness/compare/interval_text.ts";
import type { PolicySummary, SummaryTable } from "../harness/compare/summary.ts";
import type { Measure } from "../harness/problems/problem.ts";
import { figure } from "./output.ts";

/** A column of a table, which a narrow terminal may leave out. */
export interface SummaryColumn<Line> {
  title: string;
  /** Place among the columns by importance: those with the greatest numbers are left out first. */
  importance: number;
  cell: (line: Line) => string;
}

/** The columns of a comparison of policies, in the order in which they are printed. */
export function policyColumns(
  policies: readonly PolicySummary[],
  { measure, measures }: Pick<SummaryTable, "measure" | "measures">,
  learner: string | null,
): SummaryColumn<PolicySummary>[] {
  const scored = measure === "score";
  const digits = scored ? 3 : 1;
  const has = (field: "sees" | "policy_bytes" | "charged") => policies.some((policy) => policy[field] !== null);
  const columns: SummaryColumn<PolicySummary>[] = [];
  const add = (title: string, importance: number, cell: (line: PolicySummary) => string) =>
    columns.push({ title, importance, cell });
  add("policy", 0, ({ policy }) => policy);
  add("role", 2, ({ role }) => role);
  if (has("sees")) add("sees", 11, ({ sees }) => sees ?? "");
  add(measure, 1, ({ mean }) => figure(mean, digits));
  add("95 %", 3, ({ interval }) => intervalText(interval, digits));
  add("IQM", 13, (policy) => figure(policy.interquartile_mean, digits));
  if (scored) {
    add("worst workload", 14, (policy) => worstCell(policy, digits));
    add("cost", 12, ({ cost }) => figure(cost, 2));
  }
  add("us/decision", 9, (policy) => figure(policy.decision_us, 1));
  if (has("policy_bytes")) add("bytes", 10, (policy) => figure(policy.policy_bytes, 0));
  if (has("charged")) add("charged", 6, ({ charged }) => figure(charged, digits));
  if (learner !== null) {
    for (const [i, [title, importance]] of DIFFERENCES.entries()) {
      const named = title === "" ? `${learner} minus it` : title;
      add(named, importance, ({ difference }) => differenceCells(difference, digits)[i]);
    }
  }
  for (const [i, one] of measures.entries()) {
    add(one.metric, i === 0 ? 4.5 : 8 + i / measures.length, (policy) => figure(policy.measures[i].mean, one.digits));
  }
  return columns;
}

/** Title and importance of the cells of a difference. */
const DIFFERENCES = [
  ["", 4],
  ["95 %", 5],
  ["P(better)", 7],
] as const;

/** The columns of a table of what the learner has minus each rival, for each measure. */
export function measureColumns(measures: readonly Measure[]): SummaryColumn<PolicySummary>[] {
  return [
    { title: "policy", importance: 0, cell: ({ policy }) => policy },
    ...measures.flatMap(({ metric, digits }, i) =>
      [metric, "95 %"].map((title, part) => ({
        title,
        importance: 1 + 2 * i + part,
        cell: (policy: PolicySummary) => differenceCells(policy.measures[i].difference, digits)[part],
      })),
    ),
  ];
}

function worstCell({ role, worst_workload, worst_mean }: PolicySummary, digits: number): string {
  if (role === "bound") return "";
  return `${figure(worst_mean, digits)}${worst_workload === null ? "" : ` ${worst_workload}`}`;
}

/** Mean, interval and probability; empty cells for the learner itself. */
function differenceCells(difference: DifferenceSummary | null, digits: number): [string, string, string] {
  if (difference === null) return ["", "", ""];
  return [
    figure(difference.mean, digits),
    intervalText(difference.interval, digits),
    figure(difference.probability, 2),
  ];
}
