import { TraceFormatError } from "../trace_format_error.ts";

/** A line of a table. */
export interface CsvRow {
  readonly cells: readonly string[];
  /** Counted from 1, the heading included. */
  readonly line: number;
}

/**
 * The rows of a comma-separated table without quoting, the heading checked and left out, empty lines skipped.
 *
 * @throws TraceFormatError that names the first line that has not as many cells as the heading
 */
export function parseCsv(text: string, columns: readonly string[], file?: string): CsvRow[] {
  const [heading, ...lines] = text.split(/\r?\n/);
  if (heading.replace(/^\ufeff/, "") !== columns.join(",")) {
    throw new TraceFormatError(
      { file, line: 1 },
      `the heading must be ${columns.join(",")}, got ${heading.slice(0, 80)}`,
    );
  }
  const rows: CsvRow[] = [];
  lines.forEach((text, i) => {
    if (text === "") return;
    const cells = text.split(",");
    if (cells.length !== columns.length) {
      throw new TraceFormatError({ file, line: i + 2 }, `expected ${columns.length} columns, found ${cells.length}`);
    }
    rows.push({ cells, line: i + 2 });
  });
  if (rows.length === 0) throw new TraceFormatError({ file }, "there is no row below the heading");
  return rows;
}

/** The number in a cell. Throws a TraceFormatError unless it is one from `least` to `greatest`. */
export function numberIn(
  { cells, line }: CsvRow,
  columns: readonly string[],
  column: string,
  { least, greatest = Number.POSITIVE_INFINITY, file }: { least: number; greatest?: number; file?: string | undefined },
): number {
  const cell = cells[columns.indexOf(column)];
  const value = cell.trim() === "" ? Number.NaN : Number(cell);
  if (!(value >= least && value <= greatest && Number.isFinite(value))) {
    const allowed = greatest < Number.POSITIVE_INFINITY ? `${least} to ${greatest}` : `at least ${least}`;
    throw new TraceFormatError({ file, line }, `${column} must be a number, ${allowed}, got "${cell}"`);
  }
  return value;
}
