import { raw, html as template } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";
import { cellText, type DataTable, type TableCell, type TableColumn } from "./data_table.ts";

/** A longer text may break into lines. */
const LONG_TEXT = 40;

/** HTML, as opposed to text that still has to be escaped. */
export type Html = HtmlEscapedString;

/**
 * Template tag for HTML. It escapes text and keeps HTML. It writes the members of a list one after the other, and
 * nothing for null.
 */
export function html(parts: TemplateStringsArray, ...values: readonly unknown[]): Html {
  // It is a promise only if one of the values is.
  return template(parts, ...values) as Html;
}

/** Pieces of HTML, each on lines of its own. */
export function htmlLines(pieces: readonly Html[]): Html {
  return raw(pieces.join("\n"));
}

/** A table that can be sorted by each column. What a column means is shown when the pointer is at its title. */
export function htmlTable({ caption, columns, rows, strong = [] }: DataTable): Html {
  const head = columns.map(({ title, hint }, column) => {
    const numeric = rows.some((cells) => typeof cells[column] !== "string" && cells[column] !== null);
    const kind = numeric ? html` class="number"` : null;
    const meaning = hint === undefined ? null : html` title="${hint}"`;
    return html`<th scope="col"${kind}${meaning}><button type="button">${title}</button></th>`;
  });
  const body = rows.map((cells, i) => {
    const own = cells.map((cell, column) => cellHtml(cell, columns[column], column === 0));
    return html`<tr${strong.includes(i) ? html` class="strong"` : null}>${own}</tr>`;
  });
  return html`<div class="wide"><table><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>
${htmlLines(body)}
</tbody></table></div>`;
}

function cellHtml(cell: TableCell, column: TableColumn, first: boolean): Html {
  const attributes = cellAttributes(cell, first);
  const text = cellText(cell, column);
  return first ? html`<th scope="row"${attributes}>${text}</th>` : html`<td${attributes}>${text}</td>`;
}

function cellAttributes(cell: TableCell, first: boolean): Html | null {
  if (cell === null) return null;
  if (typeof cell === "string") return cell.length > LONG_TEXT && !first ? html` class="text"` : null;
  return html` class="number" data-value="${typeof cell === "number" ? cell : cell.value}"`;
}
