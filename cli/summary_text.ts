import type { PolicySummary, SummaryTable } from "../harness/compare/summary.ts";
import { chosenPolicies } from "./chosen_policies.ts";
import { familyColumns } from "./families_text.ts";
import { say } from "./output.ts";
import { measureColumns, policyColumns, type SummaryColumn } from "./summary_columns.ts";
import { fittingColumns, tableText, terminalWidth } from "./text_table.ts";

/** How to print a comparison. */
export interface SummaryTextOptions {
  /** The only learner of the comparison; null if there is none, or if there are several. */
  learner: string | null;
  /** Whether to print everything. By default only what matters most, and what fits into `width`. */
  all?: boolean;
  /** Characters in a line of a table; by default those of the terminal. */
  width?: number;
  /** Policies that a short form shows in any case; none by default. */
  named?: readonly string[];
  /** Where everything is that a short form leaves out, as the end of a sentence. */
  rest: string;
}

/** A comparison as text. */
export interface SummaryText {
  /** The tables. */
  tables: string;
  /** Explanations. */
  notes: string[];
}

/** Prints a comparison of policies: tables to standard output, explanations to standard error. */
export function printSummary(table: SummaryTable, options: SummaryTextOptions): void {
  const { tables, notes } = summaryText(table, options);
  process.stdout.write(tables);
  for (const note of notes) say(note);
}

/**
 * A comparison of policies as text: one table, one more for each condition under its name, then what the learner has
 * minus its rivals, measure by measure, and its costs by family of workloads.
 */
export function summaryText(table: SummaryTable, options: SummaryTextOptions): SummaryText {
  const { learner, all = false, rest } = options;
  const width = all ? Number.POSITIVE_INFINITY : (options.width ?? terminalWidth());
  const printed = new Set<string>();
  const left = new Set<string>();
  let policies = 0;
  const parts: string[] = [];
  const add = <Line>(title: string, columns: readonly SummaryColumn<Line>[], lines: readonly Line[]) => {
    const cells = [
      columns.map((column) => column.title),
      ...lines.map((line) => columns.map(({ cell }) => cell(line))),
    ];
    const importance = columns.map((column) => column.importance);
    const kept = fittingColumns(cells, importance, width);
    for (const [i, column] of columns.entries()) (kept.includes(i) ? printed : left).add(column.title);
    const [head, ...body] = cells.map((line) => kept.map((i) => line[i]));
    parts.push(`${title === "" ? "" : `${title}:\n`}${tableText(head, body)}`);
  };
  const addPolicies = (title: string, given: readonly PolicySummary[]) => {
    const shown = all ? given : chosenPolicies(given, options.named);
    policies = Math.max(policies, given.length - shown.length);
    add(title, policyColumns(given, table, learner), shown);
    if (!all || learner === null || table.measures.length === 0) return;
    const rivals = shown.filter((policy) => policy.measures.some(({ difference }) => difference !== null));
    add(`${learner} minus it`, measureColumns(table.measures), rivals);
  };
  addPolicies("", table.policies);
  for (const { condition, policies: own } of table.conditions) addPolicies(condition, own);
  if (learner !== null && table.families.length > 0) {
    const worse = table.families.filter((family) => family.worse);
    const shown = all ? table.families : worse;
    if (shown.length > 0) add("costs by family of workloads", familyColumns(table.families, learner), shown);
  }
  const notes = explanations(table, learner, printed);
  if (!all) {
    if (learner !== null && table.measures.length > 0) left.add(`tables of ${learner} minus each policy by measure`);
    if (learner !== null && table.families.length > 0) left.add("families in which it is not worse");
    const names = [...(policies > 0 ? [`up to ${policies} policies a table`] : []), ...left];
    if (names.length > 0) notes.push(`left out: ${names.join(", ")}; ${rest}`);
  }
  return { tables: parts.join("\n"), notes };
}

/** @param printed titles of the columns that are printed: the others need no explanation */
function explanations(table: SummaryTable, learner: string | null, printed: ReadonlySet<string>): string[] {
  const { measure, measures, policies, families } = table;
  const notes: string[] = [];
  if (learner !== null && families.length > 0) {
    const count = families.filter(({ worse }) => worse).length;
    const { policy } = families[0].default;
    notes.push(
      `costs by family of workloads: ${learner} is worse than ${policy}, by the whole interval, ` +
        `in ${count} of ${families.length} families`,
    );
  }
  if (measure === "score")
    notes.push(
      "score: 0 = the default heuristic, 1 = the bound that no policy can beat; negative is worse than the default",
    );
  if (table.pooled && (printed.has("IQM") || printed.has("worst workload")))
    notes.push(
      "IQM, worst workload: relative to each workload's own mean room for improvement; " +
        "workloads in which the default leaves almost none are left out",
    );
  for (const better of ["less", "more"] as const) {
    const names = measures
      .filter((one) => one.better === better && printed.has(one.metric))
      .map(({ metric }) => metric);
    if (names.length > 0)
      notes.push(`${names.join(", ")}: means over the episodes that have the metric, ${better} is better`);
  }
  if (printed.has("charged"))
    notes.push(
      "charged: the score if every decision costs the simulated kernel the time that it took here (us/decision)",
    );
  const shown = [policies, ...table.conditions.map((one) => one.policies)].flat();
  if (shown.some(({ interval }) => interval === null))
    notes.push(
      "no interval is shown for fewer than three episodes or training seeds, or if a workload has a single episode",
    );
  if (learner === null) return notes;
  const seeds = policies.find(({ role }) => role === "agent")?.training_seeds ?? 0;
  notes.push(
    `intervals of ${learner}: bootstrap over ${table.replication}` +
      (seeds === 2 ? " (none: two seeds are too few)" : ""),
  );
  if (table.gap_closed !== null) {
    const { best_rival, share } = table.gap_closed;
    notes.push(
      share > 0
        ? `${learner} went ${(100 * share).toFixed(0)} % of the way from ${best_rival}, the best rival, ` +
            "to the clairvoyant reference"
        : `${learner} stayed below ${best_rival}, the best rival: a rule suffices`,
    );
  }
  return notes;
}
