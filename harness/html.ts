/** A cell of a table: text, a number with the digits of its column, both where what is shown is not what is sorted by, or nothing. */
export type HtmlCell = string | number | null | { text: string; value: number };

/** A column of a table. */
export interface HtmlColumn {
  title: string;
  /** Digits after the point of its numbers, default 3. */
  digits?: number;
  /** What it means, shown where somebody points at the title. */
  hint?: string;
}

/** Texts of more letters are broken into lines. */
const LONG_TEXT = 40;

/** Text as HTML shows it. */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/**
 * A table that can be sorted by each column.
 *
 * @param strong numbers of rows that stand out
 */
export function htmlTable(
  caption: string,
  columns: readonly HtmlColumn[],
  rows: readonly (readonly HtmlCell[])[],
  strong: readonly number[] = [],
): string {
  const head = columns
    .map(({ title, hint }, column) => {
      const numeric = rows.some((cells) => typeof cells[column] !== "string" && cells[column] !== null);
      const meaning = hint === undefined ? "" : ` title="${escapeHtml(hint)}"`;
      return `<th scope="col"${numeric ? ' class="number"' : ""}${meaning}><button type="button">${escapeHtml(title)}</button></th>`;
    })
    .join("");
  const body = rows
    .map((cells, i) => {
      const own = cells.map((cell, column) => cellHtml(cell, columns[column].digits ?? 3, column === 0)).join("");
      return `<tr${strong.includes(i) ? ' class="strong"' : ""}>${own}</tr>`;
    })
    .join("\n");
  return `<div class="wide"><table><caption>${escapeHtml(caption)}</caption><thead><tr>${head}</tr></thead><tbody>
${body}
</tbody></table></div>`;
}

function cellHtml(cell: HtmlCell, digits: number, first: boolean): string {
  const tag = first ? 'th scope="row"' : "td";
  const end = first ? "th" : "td";
  if (cell === null) return `<${tag}></${end}>`;
  if (typeof cell === "string" && cell.length > LONG_TEXT && !first) return `<td class="text">${escapeHtml(cell)}</td>`;
  if (typeof cell === "string") return `<${tag}>${escapeHtml(cell)}</${end}>`;
  const { text, value } = typeof cell === "number" ? { text: numberText(cell, digits), value: cell } : cell;
  return `<${tag} class="number" data-value="${value}">${escapeHtml(text)}</${end}>`;
}

/** A number for people, with a true minus sign. */
export function numberText(value: number, digits = 3): string {
  const text =
    Math.abs(value) >= 1e6 ? value.toLocaleString("en", { maximumSignificantDigits: 4 }) : value.toFixed(digits);
  return text.replace("-", "\u2212");
}

/** An interval as a cell, sorted by its lower end. */
export function rangeCell(interval: { low: number; high: number } | null, digits = 3): HtmlCell {
  if (interval === null) return null;
  return { text: rangeText(interval, digits), value: interval.low };
}

/** An interval for people, with true minus signs. */
export function rangeText({ low, high }: { low: number; high: number }, digits = 3): string {
  return `${numberText(low, digits)} to ${numberText(high, digits)}`;
}
