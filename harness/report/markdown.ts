import { cellText, type DataTable } from "./data_table.ts";

/** A table in Markdown, under its caption. */
export function markdownTable({ caption, columns, rows, strong = [] }: DataTable): string {
  const numeric = columns.map((_, column) =>
    rows.some((cells) => typeof cells[column] !== "string" && cells[column] !== null),
  );
  const lines = [
    columns.map(({ title }) => title),
    numeric.map((right) => (right ? "--:" : "---")),
    ...rows.map((cells, i) =>
      cells.map((cell, column) => {
        const text = cellText(cell, columns[column]).replaceAll("|", "\\|");
        return strong.includes(i) && text !== "" ? `**${text}**` : text;
      }),
    ),
  ];
  return [`${caption}:`, "", ...lines.map((cells) => `| ${cells.join(" | ")} |`)].join("\n");
}
