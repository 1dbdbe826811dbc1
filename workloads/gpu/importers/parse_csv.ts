import { CsvError, parse } from "csv-parse/sync";
import { TraceFormatError } from "../../format/trace_format_error.ts";

/** A record of a table. */
export interface CsvRecord {
  readonly cells: readonly string[];
  /** Line in the file, counted from 1, including the heading. */
  readonly line: number;
}

/**
 * Parses the records of a comma-separated table. Checks and drops the heading; skips empty lines.
 *
 * @throws TraceFormatError that names the first line whose number of cells differs from the heading's
 */
export function parseCsv(text: string, columns: readonly string[], file?: string): CsvRecord[] {
  const [heading, ...records] = linesOf(text, file);
  const names = heading?.cells.join() ?? "";
  if (names !== columns.join()) {
    throw new TraceFormatError({ file, line: 1 }, `the heading must be ${columns.join()}, got ${names.slice(0, 80)}`);
  }
  for (const { cells, line } of records) {
    if (cells.length !== columns.length) {
      throw new TraceFormatError({ file, line }, `expected ${columns.length} columns, found ${cells.length}`);
    }
  }
  if (records.length === 0) throw new TraceFormatError({ file }, "there is no record below the heading");
  return records;
}

/** All lines that are not empty, including the heading. */
function linesOf(text: string, file?: string): CsvRecord[] {
  try {
    const lines: CsvRecord[] = [];
    parse(text, {
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      on_record(cells, { lines: line }) {
        lines.push({ cells, line });
        return null;
      },
    });
    return lines;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new TraceFormatError({ file }, error.message);
  }
}

/** Reads the number in a cell. Throws a TraceFormatError unless it is from `least` to `greatest`. */
export function numberIn(
  { cells, line }: CsvRecord,
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
