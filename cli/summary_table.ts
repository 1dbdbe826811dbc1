import type { SummaryTable } from "../harness/summary.ts";
import { figure, printTable, range, say } from "./output.ts";

/** Prints a comparison of policies: the table to standard output, what it means to standard error. */
export function printSummary(table: SummaryTable, learner: string | null): void {
  const { measure, policies } = table;
  const scored = measure === "score";
  const head = ["policy", "role", measure, "95 %", "IQM"];
  if (scored) head.push("worst workload", "cost");
  head.push("us/decision");
  if (learner !== null) head.push(`${learner} minus it`, "95 %", "P(better)");
  const digits = scored ? 3 : 1;
  const rows = policies.map((policy) => {
    const { difference } = policy;
    const row = [
      policy.policy,
      policy.role,
      figure(policy.mean, digits),
      range(policy.interval, digits),
      figure(policy.interquartile_mean, digits),
    ];
    if (scored) {
      const worst = policy.worst_workload === null ? "" : ` ${policy.worst_workload}`;
      row.push(policy.role === "bound" ? "" : `${figure(policy.worst_mean, digits)}${worst}`, figure(policy.cost, 2));
    }
    row.push(figure(policy.decision_us, 1));
    if (learner !== null) {
      row.push(
        difference === null ? "" : figure(difference.mean, digits),
        difference === null ? "" : range(difference.interval, digits),
        difference === null ? "" : figure(difference.probability, 2),
      );
    }
    return row;
  });
  printTable(head, rows);
  if (scored)
    say("score: 0 = the default heuristic, 1 = the bound that no policy can beat; negative is worse than the default");
  if (learner === null) return;
  const seeds = policies.find(({ role }) => role === "agent")?.training_seeds ?? 0;
  say(
    `intervals of ${learner}: bootstrap over ${table.replication}${seeds === 2 ? " (none: two seeds are too few)" : ""}`,
  );
  if (table.gap_closed !== null) {
    const { best_rival, share } = table.gap_closed;
    say(
      share > 0
        ? `${learner} went ${(100 * share).toFixed(0)} % of the way from ${best_rival}, the best rival, to the clairvoyant reference`
        : `${learner} stayed below ${best_rival}, the best rival: a rule suffices`,
    );
  }
}
