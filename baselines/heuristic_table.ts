import type { HeuristicEntry } from "./heuristic_entry.ts";

/** A column of the table: its title, and its cell for an entry. */
interface Column {
  readonly title: string;
  // biome-ignore lint/suspicious/noExplicitAny: each subsystem has its own view and decision.
  cell(entry: HeuristicEntry<any, any>): string;
}

const COLUMNS: readonly Column[] = [
  { title: "heuristic", cell: ({ name }) => code(name) },
  { title: "role", cell: ({ role }) => role },
  { title: "sees", cell: ({ information = "" }) => information },
  { title: "what it does", cell: ({ description }) => description },
  { title: "source", cell: ({ source = "" }) => source },
  { title: "constants", cell: ({ knobs }) => knobs.map(({ name }) => code(name)).join(", ") },
];

/**
 * The table of a subsystem's heuristics for its page, in Markdown: a record for each entry, in their order. The column
 * `sees` is left out where no entry has `information`.
 */
// biome-ignore lint/suspicious/noExplicitAny: each subsystem has its own view and decision.
export function heuristicTable(entries: readonly HeuristicEntry<any, any>[]): string {
  const sees = entries.some(({ information }) => information !== undefined);
  const columns = COLUMNS.filter(({ title }) => title !== "sees" || sees);
  const records = [
    columns.map(({ title }) => title),
    columns.map(({ title }) => "-".repeat(title.length)),
    ...entries.map((entry) => columns.map(({ cell }) => cell(entry).replaceAll("|", "\\|"))),
  ];
  return records.map((cells) => `|${cells.map((cell) => (cell === "" ? " " : ` ${cell} `)).join("|")}|`).join("\n");
}

function code(name: string): string {
  return `\`${name}\``;
}
