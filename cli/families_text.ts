import type { FamilyCost, FamilySummary } from "../harness/compare/families.ts";
import { intervalText } from "../harness/compare/interval_text.ts";
import { figure } from "./output.ts";
import type { SummaryColumn } from "./summary_columns.ts";

const DIGITS = 3;

/** The columns of a table of the costs of a learner and its rivals in each family of workloads. */
export function familyColumns(families: readonly FamilySummary[], learner: string): SummaryColumn<FamilySummary>[] {
  const shipped = families[0].default.policy;
  return [
    { title: "family", importance: 0, cell: ({ family }) => family },
    { title: learner, importance: 1, cell: (one) => figure(one.learner.cost, DIGITS) },
    { title: shipped, importance: 2, cell: (one) => figure(one.default.cost, DIGITS) },
    { title: `${learner} minus it`, importance: 4, cell: ({ difference }) => figure(difference.mean, DIGITS) },
    { title: "95 %", importance: 5, cell: ({ difference }) => intervalText(difference.interval, DIGITS) },
    { title: "", importance: 3, cell: ({ worse }) => (worse ? "worse" : "") },
    { title: "best that sees no more", importance: 6, cell: ({ best_alike }) => costCell(best_alike) },
    { title: "best of all", importance: 7, cell: ({ best }) => costCell(best) },
  ];
}

function costCell({ policy, cost }: FamilyCost): string {
  return `${figure(cost, DIGITS)} ${policy}`;
}
