import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { CsvError, parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { FileError } from "../../files/file_error.ts";
import { MOST_TEXT, readFile } from "../../files/open_file.ts";

/** The content of a cell; null is an empty cell. */
type Cell = string | number | null;

/** The cells of a record by column. */
type CsvRecord = Record<string, Cell>;

/** Texts that spreadsheets calculate. */
const FORMULA = /^[=+\-@\t\r]/;

/**
 * A text as a cell that a spreadsheet does not calculate: an apostrophe in front marks it as text. `readCells` removes
 * it again.
 */
export function harmlessCell(text: string): string {
  return FORMULA.test(text) || /^'+[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

/** The text that `harmlessCell` was given. */
function plainCell(cell: string): string {
  return /^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell;
}

/** Records as CSV, with a header. */
export function csvText(records: readonly object[], columns: readonly string[]): string {
  return stringify([...records], { header: true, columns: [...columns], cast: { string: harmlessCell } });
}

/**
 * A CSV file that grows record by record. `append` hands each record to the operating system before it returns, so a
 * kill loses at most the record that is being written.
 */
export class CsvLog {
  readonly #file: number;
  readonly #path: string;
  #columns: string[] | null;

  private constructor(path: string, file: number, columns: string[] | null) {
    this.#path = path;
    this.#file = file;
    this.#columns = columns;
  }

  /** Creates an empty file. The first record names the columns. */
  static create(path: string): CsvLog {
    return new CsvLog(path, openSync(path, "wx"), null);
  }

  /**
   * Continues a file. It cuts off the first record for which `keep` is false, all that follow it, and an unfinished
   * last line.
   *
   * @param needed columns that a file with records must have
   * @returns the log and the records that it kept
   * @throws FileError when the file is missing, is not a table of numbers, or lacks a column
   */
  static resume(
    path: string,
    needed: readonly string[],
    keep: (record: NumberRecord) => boolean,
  ): { log: CsvLog; records: NumberRecord[] } {
    const { columns, records, ends } = readNumbers(path);
    const missing = needed.filter((column) => !columns.includes(column));
    if (columns.length > 0 && missing.length > 0) {
      throw new FileError(
        `${path} lacks the columns ${missing.join(", ")}; it has ${columns.join(", ").slice(0, 200)}`,
      );
    }
    const cut = records.findIndex((record) => !keep(record));
    const count = cut < 0 ? records.length : cut;
    const file = openSync(path, "r+");
    ftruncateSync(file, columns.length === 0 ? 0 : ends[count]);
    closeSync(file);
    return {
      log: new CsvLog(path, openSync(path, "a"), columns.length === 0 ? null : columns),
      records: records.slice(0, count),
    };
  }

  /** Adds a record. @throws FileError when its columns are not those of the first record */
  append(record: CsvRecord): void {
    const names = Object.keys(record);
    const header = this.#columns === null;
    this.#columns ??= names;
    if (names.length !== this.#columns.length || this.#columns.some((column) => !(column in record))) {
      throw new FileError(`${this.#path} has the columns ${this.#columns.join(", ")}, got ${names.join(", ")}`);
    }
    writeSync(this.#file, stringify([record], { header, columns: this.#columns, cast: { string: harmlessCell } }));
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** A record of numbers by column; null where the cell is empty. */
export type NumberRecord = Record<string, number | null>;

/**
 * The records of a file that `CsvLog` wrote, without an unfinished last line. `ends[i]` is the byte at which record i
 * starts; the last entry is the end of the last whole record.
 *
 * @throws FileError that names file and line if a cell is not a number
 */
function readNumbers(path: string): { columns: string[]; records: NumberRecord[]; ends: number[] } {
  const [head, ...lines] = readRecords(path);
  if (head === undefined) return { columns: [], records: [], ends: [0] };
  const columns = head.record;
  const records = lines.map(({ record }, i) => {
    const values = record.map((cell) => (cell === "" ? null : Number(cell)));
    if (record.length !== columns.length || values.some((value) => value !== null && !Number.isFinite(value))) {
      throw new FileError(`${path}:${i + 2}: expected ${columns.length} numbers, got "${record.join().slice(0, 60)}"`);
    }
    return Object.fromEntries(columns.map((column, k) => [column, values[k]]));
  });
  return { columns, records, ends: [head, ...lines].map(({ info }) => info.bytes) };
}

/**
 * The cells of a CSV file by line, the header first, without an unfinished last line.
 *
 * @throws FileError if the file cannot be read or is not CSV
 */
export function readCells(path: string): string[][] {
  return readRecords(path).map(({ record }) => record.map(plainCell));
}

/** The cells of each line, and the byte at which it ends. */
function readRecords(path: string): ParsedLine[] {
  const text = readFile(path, MOST_TEXT);
  const whole = text.subarray(0, text.lastIndexOf("\n") + 1);
  assertFewer(path, "lines", countOf(whole, NEWLINE), MOST_LINES);
  assertFewer(path, "cells", countOf(whole, NEWLINE) + countOf(whole, COMMA), MOST_CELLS);
  try {
    return parse(whole, { info: true, relax_column_count: true }) as unknown as ParsedLine[];
  } catch (error) {
    if (error instanceof CsvError) throw new FileError(`cannot read ${path}: ${error.message}`);
    throw error;
  }
}

/** Most lines and cells of a file. Source: choice; the results of a whole benchmark have 83,000 lines of 14 cells. */
const MOST_LINES = 1_000_000;
const MOST_CELLS = 20_000_000;

const NEWLINE = 10;
const COMMA = 44;

function countOf(text: Uint8Array, byte: number): number {
  let count = 0;
  for (let at = text.indexOf(byte); at !== -1; at = text.indexOf(byte, at + 1)) count++;
  return count;
}

function assertFewer(path: string, what: string, found: number, most: number): void {
  if (found > most) throw new FileError(`${path} has ${found} ${what}; at most ${most} can be read`);
}

interface ParsedLine {
  record: string[];
  info: { bytes: number };
}
