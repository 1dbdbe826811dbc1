import { CsvError, parse } from "csv-parse/sync";
import { TraceFormatError } from "../../format/trace_format_error.ts";

/** A line of a table. */
export interface CsvRow {
  readonly cells: readonly string[];
  /** Counted from 1, the heading included. */
  readonly line: number;
}

/**
 * The rows of a comma-separated table, the heading checked and left out, empty lines skipped.
 *
 * @throws TraceFormatError that names the first line that has not as many cells as the heading
 */
export function parseCsv(text: string, columns: readonly string[], file?: string): CsvRow[] {
  const [heading, ...rows] = recordsOf(text, file);
  const names = heading?.cells.join() ?? "";
  if (names !== columns.join()) {
    throw new TraceFormatError({ file, line: 1 }, `the heading must be ${columns.join()}, got ${names.slice(0, 80)}`);
  }
  for (const { cells, line } of rows) {
    if (cells.length !== columns.length) {
      throw new TraceFormatError({ file, line }, `expected ${columns.length} columns, found ${cells.length}`);
    }
  }
  if (rows.length === 0) throw new TraceFormatError({ file }, "there is no row below the heading");
  return rows;
}

/** All lines with something in them, the heading among them. */
function recordsOf(text: string, file?: string): CsvRow[] {
  try {
    const rows: CsvRow[] = [];
    parse(text, {
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      on_record(cells, { lines }) {
        rows.push({ cells, line: lines });
        return null;
      },
    });
    return rows;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new TraceFormatError({ file }, error.message);
  }
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
