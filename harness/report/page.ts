import { createHash } from "node:crypto";
import { basename } from "node:path";
import { raw } from "hono/html";
import { LEAST_UNITS } from "../compare/statistics.ts";
import { type Comparison, overallOf } from "./comparison.ts";
import { type DataTable, numberText, rangeCell, type TableCell } from "./data_table.ts";
import { environmentSection, type ReportPicture } from "./environment.ts";
import { type Html, html, htmlLines, htmlTable } from "./html.ts";
import { measuredText } from "./measured_text.ts";
import { pagePicture } from "./page_picture.ts";
import { PAGE_SCRIPT } from "./page_script.ts";
import { PAGE_STYLE } from "./page_style.ts";
import type { ReportPart, TextTable } from "./parts.ts";

type Of<Kind extends ReportPart["kind"]> = Extract<ReportPart, { kind: Kind }>;

/**
 * What the browser allows the page: its own style and script, and nothing from elsewhere. The script is known by its
 * hash, so that no other one runs, wherever it comes from.
 */
const POLICY = [
  "default-src 'none'",
  `script-src 'sha256-${createHash("sha256").update(PAGE_SCRIPT).digest("base64")}'`,
  "style-src 'unsafe-inline'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** A section of the page. */
interface Section {
  id: string;
  title: string;
  content: Html;
}

/** The pictures of one environment of a benchmark. */
export type PicturesOf = (part: ReportPart, env: string) => readonly ReportPicture[];

/** A report as one HTML document that loads nothing from elsewhere. */
export function reportPage(parts: readonly ReportPart[], picturesOf: PicturesOf): string {
  const sections = parts.flatMap((part, i) => sectionsOf(part, i === 0 ? "" : `${i}-`, picturesOf));
  const links = sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`);
  const body = sections.map(({ id, title, content }) =>
    htmlLines([html`<section id="${id}">`, html`<h2>${title}</h2>`, content, html`</section>`]),
  );
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${raw(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>ring0-gym: a report</title>
<link rel="icon" href="data:,">
<style>${raw(PAGE_STYLE)}</style>
</head>
<body>
<h1>ring0-gym: a report</h1>
<p>The score is 0 for the heuristic that ships and 1 for a bound that no policy can beat; negative is worse than what ships. All policies
played the same episodes of the test split. <b>Ahead</b> and <b>behind</b>: the 95 % interval of the difference, over training seeds and
episodes, excludes 0; <b>level</b>: it does not. The best of each kind of rival is the best on the validation split among those that are told no more than the agent, and so is the
agent.</p>
<nav><ul>${links}</ul></nav>
${htmlLines(body)}
<script>${raw(PAGE_SCRIPT)}</script>
</body>
</html>
`;
  return page.toString();
}

function sectionsOf(part: ReportPart, prefix: string, picturesOf: PicturesOf): Section[] {
  if (part.kind === "ladder") return [ladderSection(part, prefix)];
  if (part.kind === "training") return [trainingSection(part, prefix)];
  const { comparisons, validation, throughput, benchmark } = part;
  const machine = benchmark.throughput_machine ?? "this machine";
  return [
    overallSection(part, prefix),
    ...comparisons.map((comparison) => comparisonSection(comparison, prefix, picturesOf(part, comparison.env))),
    ...(throughput === null
      ? []
      : [tableSection(`${prefix}throughput`, "Throughput", `What a second is worth on ${machine}`, throughput)]),
    ...(validation === null ? [] : [validationSection(validation, prefix)]),
  ];
}

function overallSection({ benchmark, comparisons }: Of<"benchmark">, prefix: string): Section {
  const facts = html`<p class="facts">${measuredText(benchmark)}</p>`;
  const warning = benchmark.quick
    ? html`<p class="warning">This is a quick benchmark: it shows that everything works, and says nothing about agents.</p>`
    : html``;
  const missing = benchmark.finished
    ? []
    : [html`<p class="warning">This benchmark is not finished: some cells have no result.</p>`];
  return {
    id: `${prefix}overall`,
    title: "All environments",
    content: htmlLines([facts, warning, ...missing, htmlTable(overallTable(comparisons))]),
  };
}

/** The best policies of each kind over all environments together. */
export function overallTable(comparisons: readonly Comparison[]): DataTable {
  return {
    caption: `Over ${comparisons.map(({ alias }) => alias).join(", ")} together`,
    columns: [
      { title: "who" },
      { title: "policies" },
      { title: "mean score", hint: "every environment weighs the same" },
      { title: "IQM", hint: "interquartile mean over training seeds and workloads of all environments" },
      { title: "95 %", hint: "bootstrap over training seeds, environments being strata" },
      { title: "optimality gap", hint: "how far scores fall short of the bound, in the mean; less is better" },
      { title: "95 %" },
    ],
    rows: overallOf(comparisons).map(({ name, policies, mean, reliability }) => [
      name,
      Object.values(policies).join(", "),
      mean,
      reliability.interquartileMean,
      rangeCell(reliability.interquartileInterval),
      reliability.optimalityGap,
      rangeCell(reliability.gapInterval),
    ]),
  };
}

function comparisonSection(comparison: Comparison, prefix: string, pictures: readonly ReportPicture[]): Section {
  const { alias, env, description, times } = comparison;
  const { lead, details } = environmentSection(comparison);
  const note = times === null ? [] : [html`<p>${times}</p>`];
  const figures = pictures.map(({ name, svg, caption }) => pagePicture(svg, `${prefix}${name}`, caption));
  return {
    id: `${prefix}${alias}`,
    title: env,
    content: htmlLines([html`<p>${description}</p>`, ...note, lead, htmlLines(figures), details]),
  };
}

function ladderSection({ path, svg, runs, transitions }: Of<"ladder">, prefix: string): Section {
  const tables = [
    textTable("Runs under the mode ladder", runs),
    ...(transitions === null ? [] : [textTable("Changes of mode", transitions)]),
  ];
  const picture = pagePicture(svg, `${prefix}ladder`, "What the mode ladder did.");
  return { id: `${prefix}ladder`, title: `Mode ladder: ${basename(path)}`, content: htmlLines([picture, ...tables]) };
}

function trainingSection({ path, svg, env, agent, policies }: Of<"training">, prefix: string): Section {
  // With few seeds the intervals are over episodes, which say nothing about another training.
  const few = (policies.find(({ role }) => role === "agent")?.training_seeds ?? 0) < LEAST_UNITS;
  const table = htmlTable({
    caption: `${agent} on ${env}: the test split`,
    columns: [
      { title: "policy" },
      { title: "role" },
      { title: "score or return" },
      { title: "95 %" },
      { title: "us/decision", digits: 1 },
      { title: `${agent} minus it` },
      { title: "95 %" },
    ],
    rows: policies.map((policy) => [
      policy.policy,
      policy.role,
      policy.mean,
      rangeCell(few && policy.role === "agent" ? null : policy.interval),
      policy.decision_us,
      policy.difference?.mean ?? null,
      rangeCell(few ? null : (policy.difference?.interval ?? null)),
    ]),
    strong: policies.flatMap(({ role }, i) => (role === "agent" ? [i] : [])),
  });
  const picture = pagePicture(svg, `${prefix}curve`, "Score on the validation split while training.");
  return { id: `${prefix}training`, title: `Training: ${basename(path)}`, content: htmlLines([picture, table]) };
}

function validationSection(table: TextTable, prefix: string): Section {
  const holds = table.columns.indexOf("holds");
  const held = table.rows.filter((row) => row[holds] === "true").length;
  const caption = `Published figures beside what the simulators give: ${held} of ${table.rows.length} hold`;
  return tableSection(`${prefix}validation`, "Validation", caption, table);
}

function tableSection(id: string, title: string, caption: string, table: TextTable): Section {
  return { id, title, content: textTable(caption, table) };
}

/** A table of a CSV file. Cells that hold numbers sort as numbers. */
function textTable(caption: string, { columns, rows }: TextTable): Html {
  return htmlTable({
    caption,
    columns: columns.map((title) => ({ title })),
    rows: rows.map((cells) =>
      cells.map((cell): TableCell => {
        const value = Number(cell);
        return cell === "" || !Number.isFinite(value) ? cell : { text: shortNumber(cell, value), value };
      }),
    ),
  });
}

/** A number as in the file, without needless digits. */
function shortNumber(cell: string, value: number): string {
  return Number.isInteger(value) ? cell : numberText(value, Math.abs(value) < 10 ? 4 : 2);
}
