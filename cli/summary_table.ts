import type { DifferenceSummary } from "../harness/compare/compare.ts";
import { intervalText } from "../harness/compare/interval_text.ts";
import type { PolicySummary, SummaryTable } from "../harness/compare/summary.ts";
import type { Measure } from "../harness/problems/problem.ts";
import { printFamilies } from "./families_table.ts";
import { figure, printTable, say } from "./output.ts";

/**
 * Prints a comparison of policies: one table, and one more for each condition under its name, to standard output.
 * Explanations go to standard error.
 */
export function printSummary(table: SummaryTable, learner: string | null): void {
  printPolicies(table.policies, table, learner);
  for (const { condition, policies } of table.conditions) {
    process.stdout.write(`\n${condition}:\n`);
    printPolicies(policies, table, learner);
  }
  if (learner !== null) printFamilies(table.families, learner);
  explain(table, learner);
}

/** @param table the comparison that the policies belong to */
function printPolicies(policies: readonly PolicySummary[], table: SummaryTable, learner: string | null): void {
  const { measure, measures } = table;
  const scored = measure === "score";
  const told = policies.some(({ sees }) => sees !== null);
  const head = ["policy", "role", ...(told ? ["sees"] : []), measure, "95 %", "IQM"];
  if (scored) head.push("worst workload", "cost");
  const learned = policies.some(({ policy_bytes }) => policy_bytes !== null);
  const charged = policies.some((policy) => policy.charged !== null);
  head.push("us/decision");
  if (learned) head.push("bytes");
  if (charged) head.push("charged");
  if (learner !== null) head.push(`${learner} minus it`, "95 %", "P(better)");
  head.push(...measures.map(({ metric }) => metric));
  const digits = scored ? 3 : 1;
  const lines = policies.map((policy) => {
    const line = [
      policy.policy,
      policy.role,
      ...(told ? [policy.sees ?? ""] : []),
      figure(policy.mean, digits),
      intervalText(policy.interval, digits),
      figure(policy.interquartile_mean, digits),
    ];
    if (scored) {
      const worst = policy.worst_workload === null ? "" : ` ${policy.worst_workload}`;
      line.push(policy.role === "bound" ? "" : `${figure(policy.worst_mean, digits)}${worst}`, figure(policy.cost, 2));
    }
    line.push(figure(policy.decision_us, 1));
    if (learned) line.push(figure(policy.policy_bytes, 0));
    if (charged) line.push(figure(policy.charged, digits));
    if (learner !== null) line.push(...differenceCells(policy.difference, digits));
    line.push(...measures.map((one, i) => figure(policy.measures[i].mean, one.digits)));
    return line;
  });
  printTable(head, lines);
  if (learner !== null && measures.length > 0) printMeasures(policies, measures, learner);
}

/** Prints the difference between the learner and every other policy, for each measure. */
function printMeasures(policies: readonly PolicySummary[], measures: readonly Measure[], learner: string): void {
  const rivals = policies.filter((policy) => policy.measures.some(({ difference }) => difference !== null));
  process.stdout.write(`\n${learner} minus it:\n`);
  printTable(
    ["policy", ...measures.flatMap(({ metric }) => [metric, "95 %"])],
    rivals.map((policy) => [
      policy.policy,
      ...policy.measures.flatMap(({ difference }, i) => differenceCells(difference, measures[i].digits).slice(0, 2)),
    ]),
  );
}

/** Mean, interval and probability; empty cells for the learner itself. */
function differenceCells(difference: DifferenceSummary | null, digits: number): string[] {
  if (difference === null) return ["", "", ""];
  return [
    figure(difference.mean, digits),
    intervalText(difference.interval, digits),
    figure(difference.probability, 2),
  ];
}

function explain(table: SummaryTable, learner: string | null): void {
  const { measure, measures, policies } = table;
  if (measure === "score")
    say("score: 0 = the default heuristic, 1 = the bound that no policy can beat; negative is worse than the default");
  if (table.pooled)
    say(
      "IQM, worst workload: relative to each workload's own mean room for improvement; " +
        "workloads in which the default leaves almost none are left out",
    );
  for (const better of ["less", "more"] as const) {
    const names = measures.filter((one) => one.better === better).map(({ metric }) => metric);
    if (names.length > 0) say(`${names.join(", ")}: means over the episodes that have the metric, ${better} is better`);
  }
  if (policies.some(({ charged }) => charged !== null))
    say("charged: the score if every decision costs the simulated kernel the time that it took here (us/decision)");
  const shown = [policies, ...table.conditions.map((one) => one.policies)].flat();
  if (shown.some(({ interval }) => interval === null))
    say("no interval is shown for fewer than three episodes or training seeds, or if a workload has a single episode");
  if (learner === null) return;
  const seeds = policies.find(({ role }) => role === "agent")?.training_seeds ?? 0;
  say(
    `intervals of ${learner}: bootstrap over ${table.replication}` +
      (seeds === 2 ? " (none: two seeds are too few)" : ""),
  );
  if (table.gap_closed !== null) {
    const { best_rival, share } = table.gap_closed;
    say(
      share > 0
        ? `${learner} went ${(100 * share).toFixed(0)} % of the way from ${best_rival}, the best rival, ` +
            "to the clairvoyant reference"
        : `${learner} stayed below ${best_rival}, the best rival: a rule suffices`,
    );
  }
}
