import { agentFacts, environmentTables } from "./environment.ts";
import { markdownTable } from "./markdown.ts";
import { measuredText } from "./measured_text.ts";
import { overallTable } from "./page.ts";
import type { ReportPart } from "./parts.ts";

/** The tables of a benchmark as a Markdown document, for places that do not render HTML. */
export function reportTables({ benchmark, comparisons }: Extract<ReportPart, { kind: "benchmark" }>): string {
  const environments = comparisons.map((comparison) => {
    const [best] = comparison.agents;
    const facts = best === undefined ? "No agent was trained." : agentFacts(best);
    return [
      `## ${comparison.env}`,
      `${comparison.description}. ${facts}`,
      ...(comparison.times === null ? [] : [comparison.times]),
      ...environmentTables(comparison).map(markdownTable),
    ];
  });
  const sections = [
    "# Tables of a benchmark",
    "Written by `report`; `report.html` beside this file has the same tables with pictures, and sorts them.",
    measuredText(benchmark),
    ...(benchmark.finished ? [] : ["This benchmark is not finished: some cells have no result."]),
    `The score is 0 for the heuristic that ships and 1 for a bound that no policy can beat. Intervals of agents and of differences to them are
95 % over training seeds and episodes, those of others over episodes.`,
    markdownTable(overallTable(comparisons)),
    ...environments.flat(),
  ];
  return `${sections.join("\n\n")}\n`;
}
