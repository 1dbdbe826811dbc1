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
        const text = markdownCell(cellText(cell, columns[column]));
        return strong.includes(i) && text !== "" ? `**${text}**` : text;
      }),
    ),
  ];
  return [`${caption}:`, "", ...lines.map((cells) => `| ${cells.join(" | ")} |`)].join("\n");
}

/** Text as the cell of a table: it neither ends the cell nor the line, and is no mark of a document. */
export function markdownCell(text: string): string {
  return text
    .replaceAll("|", "\\|")
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .replaceAll("<!--", "&lt;!--");
}
