/**
 * A cell of a table: text, a number with the digits of its column, a text with the number that sorts it, or nothing.
 */
export type TableCell = string | number | null | { text: string; value: number };

/** A column of a table. */
export interface TableColumn {
  title: string;
  /** Digits after the point of its numbers, default 3. */
  digits?: number;
  /** Its meaning. A page shows it when the pointer is at the title. */
  hint?: string;
}

/** A table of a report, for HTML and Markdown. */
export interface DataTable {
  caption: string;
  columns: readonly TableColumn[];
  rows: readonly (readonly TableCell[])[];
  /** Numbers of the rows to emphasise. */
  strong?: readonly number[];
}

/** The text that a cell shows. */
export function cellText(cell: TableCell, { digits }: TableColumn): string {
  if (cell === null) return "";
  if (typeof cell === "object") return cell.text;
  return typeof cell === "number" ? numberText(cell, digits) : cell;
}

/** A number as text, with a true minus sign. */
export function numberText(value: number, digits = 3): string {
  const text =
    Math.abs(value) >= 1e6 ? value.toLocaleString("en", { maximumSignificantDigits: 4 }) : value.toFixed(digits);
  return text.replace("-", "\u2212");
}

/** An interval as a cell. Its lower end sorts it. */
export function rangeCell(interval: { low: number; high: number } | null, digits = 3): TableCell {
  if (interval === null) return null;
  return { text: rangeText(interval, digits), value: interval.low };
}

/** An interval as text, with true minus signs. */
export function rangeText({ low, high }: { low: number; high: number }, digits = 3): string {
  return `${numberText(low, digits)} to ${numberText(high, digits)}`;
}
