import { lstatSync, realpathSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { FileError } from "../../files/file_error.ts";
import { readFile } from "../../files/open_file.ts";
import { type Benchmark, RESULTS_FILE, readBenchmark } from "../benchmark/manifest.ts";
import { readResults } from "../benchmark/results.ts";
import { bracketedInterval } from "../compare/interval_text.ts";
import type { SummaryTable } from "../compare/summary.ts";
import { isInside } from "../run/is_inside.ts";
import { writeWhole } from "../run/run_directory.ts";
import { UsageError } from "../run/usage_error.ts";
import { type AgentComparison, type Comparison, comparisonsOf, RIVAL_KINDS, type Rival } from "./comparison.ts";
import { markdownCell } from "./markdown.ts";
import { measuredText } from "./measured_text.ts";

/** The two marks between which `report --readme` writes a table into a document. */
interface Marks {
  readonly begin: string;
  readonly end: string;
}

/** Most bytes of a document. Source: choice. */
const MOST_DOCUMENT = 16 << 20;

const COMPACT: Marks = { begin: "<!-- benchmark -->", end: "<!-- end of benchmark -->" };
const FULL: Marks = { begin: "<!-- benchmark in full -->", end: "<!-- end of benchmark in full -->" };

const COMPACT_HEAD = [
  "environment",
  "agent",
  "score",
  "default",
  "best tuned published heuristic",
  "hand rule",
  "score, time charged",
];

const COMPACT_KINDS = ["default", "published", "hand-rule"] as const;

const FULL_HEAD = [
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

/** The tables of one benchmark, as Markdown. */
export interface BenchmarkTables {
  /** For the README: what its words mean stands below. */
  readonly compact: string;
  /** Every figure that compares an agent with its rivals, with code, day, machine and time of the measurement. */
  readonly full: string;
}

/** Makes both tables of a benchmark, which takes its time: the intervals are bootstrapped once for both. */
export function benchmarkTables(path: string): BenchmarkTables {
  const benchmark = readBenchmark(path);
  const comparisons = comparisonsOf(readResults(join(path, RESULTS_FILE)), true);
  const legend = legendOf(benchmark);
  return {
    compact: `${tableOf(comparisons, COMPACT_HEAD, compactRow)}\n\n${legend}`,
    full: `${tableOf(comparisons, FULL_HEAD, fullRow)}\n\n${legend}\n\nMeasured with: ${measuredText(benchmark)}`,
  };
}

function tableOf(
  comparisons: readonly Comparison[],
  head: readonly string[],
  rowOf: (comparison: Comparison, best: AgentComparison) => string[],
): string {
  const rows = comparisons.flatMap((comparison) => {
    const [best] = comparison.agents;
    return best === undefined ? [] : [rowOf(comparison, best)];
  });
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.map(markdownCell).join(" | ")} |`).join("\n");
}

/**
 * The document with a table between its marks: the full one where it has the marks of that, else the compact one.
 *
 * @throws UsageError if it has no marks
 */
export function withTable(text: string, tables: BenchmarkTables, path: string): string {
  const [{ begin, end }, table] = text.includes(FULL.begin) ? [FULL, tables.full] : [COMPACT, tables.compact];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) {
    throw new UsageError(`${path} needs the marks ${begin} and ${end}, for the table to stand between them`);
  }
  return `${text.slice(0, from + begin.length)}\n\n${table}\n\n${text.slice(to)}`;
}

/**
 * Writes the table of a benchmark into a document. All other bytes of it stay, and so do its permissions. Of a symbolic
 * link the file is written to which it leads, and the link stays.
 *
 * @throws UsageError if the document is missing, has no marks, or is a link that leads out of its folder and out of the
 *   present one
 */
export function writeReadmeTable(path: string, document: string): void {
  let bytes: Buffer;
  let target: string;
  let mode: number;
  try {
    target = realpathSync(document);
    bytes = readFile(target, MOST_DOCUMENT);
    mode = statSync(target).mode & 0o7777;
  } catch (error) {
    if (error instanceof FileError) throw error;
    throw new UsageError(`cannot read ${document}: ${(error as Error).message}`);
  }
  const roots = [dirname(resolve(document)), process.cwd()].map((folder) => realpathSync(folder));
  if (lstatSync(document).isSymbolicLink() && !roots.some((root) => isInside(target, root))) {
    throw new UsageError(`${document} is a link to ${target}, outside of its folder; give that file itself`);
  }
  const { compact, full } = benchmarkTables(path);
  // One character for each byte, so that bytes that are no text stay as they are.
  const asBytes = (text: string) => Buffer.from(text).toString("latin1");
  const tables = { compact: asBytes(compact), full: asBytes(full) };
  writeWhole(target, Buffer.from(withTable(bytes.toString("latin1"), tables, document), "latin1"), mode);
}

function compactRow({ env }: Comparison, { agent, summary, rivals }: AgentComparison): string[] {
  return [
    `\`${env}\``,
    `\`${agent}\``,
    `**${summary.mean.toFixed(3)}**${bracketedInterval(summary.interval)}`,
    ...COMPACT_KINDS.map((kind) =>
      rivals
        .filter((rival) => rival.kind === kind)
        .map(({ verdict, summary: { policy, mean } }) => `${verdict}: \`${policy}\` ${mean.toFixed(3)}`)
        .join("; "),
    ),
    summary.charged?.toFixed(3) ?? "",
  ];
}

function fullRow({ env }: Comparison, best: AgentComparison): string[] {
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

function legendOf(benchmark: Benchmark): string {
  const small = benchmark.quick ? " This was a quick benchmark, which says nothing about agents." : "";
  return `Agents and rivals are the best of their kind on the validation split. In brackets are 95 % intervals over training seeds and episodes. The agent is ahead or behind when the interval of the difference excludes 0, else level.${small}`;
}
