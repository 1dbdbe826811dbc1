import type { FamilyCost, FamilySummary } from "../harness/compare/families.ts";
import { intervalText } from "../harness/compare/interval_text.ts";
import { figure, printTable, say } from "./output.ts";

const DIGITS = 3;

/**
 * Prints the costs of a learner and its rivals in each family of workloads to standard output, and an explanation to
 * standard error.
 */
export function printFamilies(families: readonly FamilySummary[], learner: string): void {
  if (families.length === 0) return;
  const shipped = families[0].default.policy;
  process.stdout.write("\ncosts by family of workloads:\n");
  printTable(
    ["family", learner, shipped, `${learner} minus it`, "95 %", "", "best that sees no more", "best of all"],
    families.map(({ family, difference, worse, ...one }) => [
      family,
      figure(one.learner.cost, DIGITS),
      figure(one.default.cost, DIGITS),
      figure(difference.mean, DIGITS),
      intervalText(difference.interval, DIGITS),
      worse ? "worse" : "",
      costCell(one.best_alike),
      costCell(one.best),
    ]),
  );
  const count = families.filter(({ worse }) => worse).length;
  say(`worse: the whole interval is above ${shipped}; this holds in ${count} of ${families.length} families`);
}

function costCell({ policy, cost }: FamilyCost): string {
  return `${figure(cost, DIGITS)} ${policy}`;
}
