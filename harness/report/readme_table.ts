import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Benchmark, RESULTS_FILE, readBenchmark } from "../benchmark/manifest.ts";
import { readResults } from "../benchmark/results.ts";
import { bracketedInterval } from "../compare/interval_text.ts";
import type { SummaryTable } from "../compare/summary.ts";
import { writeWhole } from "../run/run_directory.ts";
import { UsageError } from "../run/usage_error.ts";
import { type AgentComparison, type Comparison, comparisonsOf, RIVAL_KINDS, type Rival } from "./comparison.ts";
import { measuredText } from "./measured_text.ts";

/** The marks around the table in a document. `report --readme` replaces all text between them. */
const MARKS = { begin: "<!-- benchmark -->", end: "<!-- end of benchmark -->" };

const HEAD = [
  "environment",
  "agent",
  "score",
  "minus the default",
  "minus the best static setting",
  "minus the best tuned published heuristic",
  "minus the hand rule",
  "way from the best rival to the reference",
  "worst workload",
  "us a decision",
  "bytes",
  "score, time charged",
  "trained",
];

/** The table of a benchmark as Markdown, with the facts of its measurement. */
export function readmeTable(path: string): string {
  const benchmark = readBenchmark(path);
  const comparisons = comparisonsOf(readResults(join(path, RESULTS_FILE)), true);
  const rows = comparisons.flatMap((comparison) => {
    const [best] = comparison.agents;
    return best === undefined ? [] : [rowOf(comparison, best)];
  });
  const lines = [HEAD, HEAD.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return `${lines.join("\n")}\n\n${factsOf(benchmark)}`;
}

/**
 * The document with the table between its marks.
 *
 * @throws UsageError if it has no marks
 */
export function withTable(text: string, table: string, path: string): string {
  const [begin, end] = [text.indexOf(MARKS.begin), text.indexOf(MARKS.end)];
  if (begin < 0 || end < begin) {
    throw new UsageError(
      `${path} needs the marks ${MARKS.begin} and ${MARKS.end}, for the table to stand between them`,
    );
  }
  return `${text.slice(0, begin + MARKS.begin.length)}\n\n${table}\n\n${text.slice(end)}`;
}

/** Writes the table of a benchmark into a document. @throws UsageError if the document is missing or has no marks */
export function writeReadmeTable(path: string, document: string): void {
  let text: string;
  try {
    text = readFileSync(document, "utf8");
  } catch (error) {
    throw new UsageError(`cannot read ${document}: ${(error as Error).message}`);
  }
  writeWhole(document, withTable(text, readmeTable(path), document));
}

function rowOf({ env }: Comparison, best: AgentComparison): string[] {
  const { agent, summary, rivals, table, seeds, steps, trainingSeconds } = best;
  return [
    `\`${env}\``,
    agent,
    `**${summary.mean.toFixed(3)}**${bracketedInterval(summary.interval)}`,
    ...RIVAL_KINDS.map((wanted) => {
      const kinds = wanted === "published" ? [wanted, "informed"] : [wanted];
      return rivals
        .filter(({ kind }) => kinds.includes(kind))
        .map(rivalCell)
        .join("; ");
    }),
    gapCell(table),
    summary.worst_workload === null ? "" : `${summary.worst_mean!.toFixed(3)} ${summary.worst_workload}`,
    summary.decision_us?.toFixed(1) ?? "",
    `${summary.policy_bytes ?? ""}`,
    summary.charged?.toFixed(3) ?? "",
    `${seeds.length} seeds of ${steps.toLocaleString("en")} steps, ${trainingSeconds.toFixed(0)} s each`,
  ];
}

function rivalCell({ kind, summary, verdict }: Rival): string {
  const { difference, policy, mean } = summary;
  if (difference === null) return "";
  const told = kind === "informed" ? " (told more)" : "";
  return `${difference.mean.toFixed(3)}${bracketedInterval(difference.interval)}, ${verdict}: \`${policy}\`${told} ${mean.toFixed(3)}`;
}

function gapCell({ gap_closed }: SummaryTable): string {
  if (gap_closed === null) return "";
  const { share, best_rival } = gap_closed;
  return share > 0 ? `${(100 * share).toFixed(0)} % from \`${best_rival}\`` : `below \`${best_rival}\``;
}

function factsOf(benchmark: Benchmark): string {
  const small = benchmark.quick ? " This was a quick benchmark, which says nothing about agents." : "";
  return `Agents and rivals are the best of their kind on the validation split. In brackets are 95 % intervals over training seeds and episodes; ahead, level and behind say whether they exclude 0. ${measuredText(benchmark)}${small}`;
}
