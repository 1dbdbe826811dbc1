import { CsvError, parse } from "csv-parse/sync";
import { InputFormatError } from "../../format/trace_format_error.ts";

/** A record of a table. */
export interface CsvRecord {
  /** One cell for each wanted column, in their order. */
  readonly cells: readonly string[];
  /** Line in the file, counted from 1, including the heading. */
  readonly line: number;
}

/** Longest record, characters. Source: choice. */
const LONGEST = 1 << 20;

/**
 * Reads the records of a comma-separated table one after another: as much of the text is read as records are taken. The
 * columns are found by the names in the heading, in any order and without regard to case and blanks; other columns are
 * left out. Skips empty lines.
 *
 * @param text the table, or its parts
 * @throws InputFormatError that names missing columns, or the first line whose number of cells differs from the
 *   heading's
 */
export function* parseCsv(
  text: string | Iterable<string>,
  columns: readonly string[],
  file?: string,
): Generator<CsvRecord> {
  const lines = recordsOf(typeof text === "string" ? [text] : text, file);
  const heading = lines.next();
  const names = heading.done ? [] : heading.value.cells;
  const places = columnPlaces(names, columns);
  const missing = columns.filter((_, i) => places[i] === -1);
  if (missing.length > 0) {
    throw new InputFormatError(
      { file, line: 1 },
      `the heading must be ${columns.join()}, in any order; missing: ${missing.join(", ")}; got ${names.join().slice(0, 80)}`,
    );
  }
  const twice = columns.find((column) => names.filter((name) => plain(name) === plain(column)).length > 1);
  if (twice !== undefined) throw new InputFormatError({ file, line: 1 }, `the column ${twice} stands there twice`);
  let none = true;
  for (const { cells, line } of lines) {
    if (cells.length !== names.length) {
      throw new InputFormatError({ file, line }, `expected ${names.length} columns, found ${cells.length}`);
    }
    none = false;
    yield { cells: places.map((place) => cells[place]), line };
  }
  if (none) throw new InputFormatError({ file }, "there is no record below the heading");
}

/** The names in the heading of a table, or none where its first line cannot be a heading. */
export function headingOf(text: string): readonly string[] {
  try {
    const first = recordsOf([text]).next();
    return first.done ? [] : first.value.cells.map((cell) => cell.trim());
  } catch {
    return [];
  }
}

/** For each column its place in a heading, or -1. */
export function columnPlaces(names: readonly string[], columns: readonly string[]): number[] {
  const found = names.map(plain);
  return columns.map((column) => found.indexOf(plain(column)));
}

function plain(name: string): string {
  return name.trim().toLowerCase();
}

/** All records that are not empty, including the heading. */
function* recordsOf(text: Iterable<string>, file?: string): Generator<CsvRecord> {
  let record = "";
  let first = 1;
  let line = 0;
  for (const content of linesOf(text, file)) {
    line++;
    if (record === "") first = line;
    record = record === "" ? content : `${record}\n${content}`;
    if (record.trim() === "") {
      record = "";
    } else if (!record.includes('"')) {
      yield { cells: record.split(","), line: first };
      record = "";
    } else if (quotes(record) % 2 === 0) {
      yield { cells: quotedCells(record, file, first), line: first };
      record = "";
    } else if (record.length > LONGEST) {
      throw new InputFormatError({ file, line: first }, `a quote that does not end within ${LONGEST} characters`);
    }
  }
  if (record !== "") throw new InputFormatError({ file, line: first }, "a quote that does not end");
}

function* linesOf(text: Iterable<string>, file?: string): Generator<string> {
  let rest = "";
  let beginning = true;
  for (const chunk of text) {
    rest = beginning ? chunk.replace(/^\uFEFF/, "") : rest + chunk;
    if (chunk !== "") beginning = false;
    const lines = rest.split("\n");
    rest = lines.pop()!;
    for (const line of lines) yield line.endsWith("\r") ? line.slice(0, -1) : line;
    if (rest.length > LONGEST) {
      throw new InputFormatError({ file }, `a line of more than ${LONGEST} characters is no record of a table`);
    }
  }
  if (rest !== "") yield rest;
}

function quotes(text: string): number {
  let count = 0;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) count++;
  return count;
}

function quotedCells(record: string, file: string | undefined, line: number): string[] {
  try {
    return parse(record, { relax_column_count: true, ltrim: true })[0];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new InputFormatError({ file, line }, error.message);
  }
}

/** Reads the number in a cell. Throws an InputFormatError unless it is from `least` to `greatest`. */
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
    throw new InputFormatError({ file, line }, `${column} must be a number, ${allowed}, got "${cell.slice(0, 60)}"`);
  }
  return value;
}
