import { readFileSync } from "node:fs";
import { heuristicTable } from "../../baselines/heuristic_table.ts";
import { registry } from "../../envs/index.ts";
import type { EnvSpec, OptionSpec, Split } from "../../gym/env.ts";
import { findProblem } from "../../harness/problems/index.ts";
import { docstringOf } from "./docstring.ts";
import { markdownTable } from "./markdown_table.ts";

const SPLITS: readonly Split[] = ["train", "validation", "test"];

/** A page of the site that a script writes. */
export interface Page {
  /** Path from the folder `docs`, e.g. `environments/tiering.md`. */
  readonly path: string;
  readonly title: string;
  readonly text: string;
}

/** A page for each registered environment, and one that lists them. */
export function environmentPages(): Page[] {
  const specs = registry.list();
  return [indexPage(specs), ...specs.map(environmentPage)];
}

function indexPage(specs: readonly EnvSpec[]): Page {
  const rows = specs.map((spec) => [
    `[\`${spec.alias}\`](${spec.alias}.md)`,
    spec.description,
    `\`${spec.id}\``,
    findProblem(spec.id)?.heuristics.length.toString() ?? "",
    spec.workloads.length.toString(),
  ]);
  const text = [
    "# Environments",
    "Each page below is the docstring of the environment, followed by its options, workloads and heuristics.",
    markdownTable(["alias", "what it is", "id", "heuristics", "workloads"], rows),
    "The simulators behind them, and what they are validated against, are on [the fidelity pages](../fidelity.md).",
  ];
  return { path: "environments/index.md", title: "Overview", text: `${text.join("\n\n")}\n` };
}

/** The docstring of an environment, and what the registry and the catalogue of heuristics know about it. */
function environmentPage(spec: EnvSpec): Page {
  const source = readFileSync(new URL(`../../${spec.source}`, import.meta.url), "utf8");
  const heuristics = findProblem(spec.id)?.heuristics ?? [];
  const parts = [
    linked(docstringOf(source, spec.id)),
    "## Options",
    markdownTable(["option", "allowed", "unit", "meaning"], spec.options.map(optionRow)),
  ];
  if (spec.workloads.length > 0) parts.push("## Workloads", workloadTable(spec));
  if (heuristics.length > 0) {
    parts.push(
      "## Heuristics",
      "The default comes first: it scores 0. A constant in the last column can be tuned on the training split.",
      heuristicTable(heuristics),
    );
  }
  parts.push("## Source", `This page is written from \`${spec.source}\`.`);
  return { path: `environments/${spec.alias}.md`, title: spec.id, text: `${parts.join("\n\n")}\n` };
}

/** Links of a docstring start at its source file, those of a page at `docs/environments`. */
function linked(text: string): string {
  return text.replaceAll(/\]\((?:\.\.\/)+docs\/([^)]*)\)/g, "](../$1)");
}

function optionRow({ name, type, choices, min, max, unit, description }: OptionSpec): string[] {
  const range = type === "number" ? `${min ?? "any"} to ${max ?? "any"}` : "text";
  return [`\`${name}\``, choices?.map((choice) => `\`${choice}\``).join(", ") ?? range, unit ?? "", description];
}

function workloadTable({ workloads }: EnvSpec): string {
  const rows = SPLITS.map((split) => [
    split,
    workloads
      .filter((workload) => workload.split === split)
      .map(({ name }) => `\`${name}\``)
      .join(", "),
  ]);
  return markdownTable(["split", "workloads"], rows);
}
