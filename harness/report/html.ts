import { cellText, type DataTable, type TableCell, type TableColumn } from "./data_table.ts";

/** Texts of more letters are broken into lines. */
const LONG_TEXT = 40;

/** Text as HTML shows it. */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** A table that can be sorted by each column; what a column means is shown where somebody points at its title. */
export function htmlTable({ caption, columns, rows, strong = [] }: DataTable): string {
  const head = columns
    .map(({ title, hint }, column) => {
      const numeric = rows.some((cells) => typeof cells[column] !== "string" && cells[column] !== null);
      const meaning = hint === undefined ? "" : ` title="${escapeHtml(hint)}"`;
      return `<th scope="col"${numeric ? ' class="number"' : ""}${meaning}><button type="button">${escapeHtml(title)}</button></th>`;
    })
    .join("");
  const body = rows
    .map((cells, i) => {
      const own = cells.map((cell, column) => cellHtml(cell, columns[column], column === 0)).join("");
      return `<tr${strong.includes(i) ? ' class="strong"' : ""}>${own}</tr>`;
    })
    .join("\n");
  return `<div class="wide"><table><caption>${escapeHtml(caption)}</caption><thead><tr>${head}</tr></thead><tbody>
${body}
</tbody></table></div>`;
}

function cellHtml(cell: TableCell, column: TableColumn, first: boolean): string {
  const tag = first ? 'th scope="row"' : "td";
  const end = first ? "th" : "td";
  if (cell === null) return `<${tag}></${end}>`;
  const text = escapeHtml(cellText(cell, column));
  if (typeof cell === "string" && cell.length > LONG_TEXT && !first) return `<td class="text">${text}</td>`;
  if (typeof cell === "string") return `<${tag}>${text}</${end}>`;
  return `<${tag} class="number" data-value="${typeof cell === "number" ? cell : cell.value}">${text}</${end}>`;
}
