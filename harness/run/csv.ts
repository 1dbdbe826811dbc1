import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { RunError } from "./usage_error.ts";

/** What a cell may hold; null is an empty cell. */
export type Cell = string | number | null;

/** A row by column name. */
export type Row = Record<string, Cell>;

/** Rows as CSV with a header line. */
export function csvText(rows: readonly object[], columns: readonly string[]): string {
  return stringify([...rows], { header: true, columns: [...columns] });
}

/**
 * A CSV file that grows row by row. Every row is handed to the system before `append` returns, so that a kill loses at
 * most the row that was being written.
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

  /** Starts an empty file. The first row names the columns. */
  static create(path: string): CsvLog {
    return new CsvLog(path, openSync(path, "wx"), null);
  }

  /**
   * Goes on with a file: rows for which `keep` is false and all that follow them, and an unfinished last line, are cut off.
   *
   * @returns the log, and the rows that were kept
   * @throws RunError when the file is missing or is not a table of numbers
   */
  static resume(path: string, keep: (row: NumberRecord) => boolean): { log: CsvLog; rows: NumberRecord[] } {
    const { columns, rows, ends } = readNumbers(path);
    const cut = rows.findIndex((row) => !keep(row));
    const count = cut < 0 ? rows.length : cut;
    const file = openSync(path, "r+");
    ftruncateSync(file, columns.length === 0 ? 0 : ends[count]);
    closeSync(file);
    return {
      log: new CsvLog(path, openSync(path, "a"), columns.length === 0 ? null : columns),
      rows: rows.slice(0, count),
    };
  }

  /** Adds a row. @throws RangeError when its columns are not those of the first row */
  append(row: Row): void {
    const names = Object.keys(row);
    const header = this.#columns === null;
    this.#columns ??= names;
    if (names.length !== this.#columns.length || this.#columns.some((column) => !(column in row))) {
      throw new RangeError(`${this.#path} has the columns ${this.#columns.join(", ")}, got ${names.join(", ")}`);
    }
    writeSync(this.#file, stringify([row], { header, columns: this.#columns }));
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** A row of numbers by column; null where the cell is empty. */
export type NumberRecord = Record<string, number | null>;

/** The rows of a file that `CsvLog` wrote; an unfinished last line is left out. @throws RunError when it is not one */
export function readNumberRecords(path: string): NumberRecord[] {
  return readNumbers(path).rows;
}

/** `ends[i]` is the byte at which row i starts; the last entry is the end of the last whole row. */
function readNumbers(path: string): { columns: string[]; rows: NumberRecord[]; ends: number[] } {
  const [head, ...lines] = readRecords(path);
  if (head === undefined) return { columns: [], rows: [], ends: [0] };
  const columns = head.record;
  const rows = lines.map(({ record }, i) => {
    const values = record.map((cell) => (cell === "" ? null : Number(cell)));
    if (record.length !== columns.length || values.some(Number.isNaN)) {
      throw new RunError(`${path}:${i + 2}: expected ${columns.length} numbers, got "${record.join().slice(0, 60)}"`);
    }
    return Object.fromEntries(columns.map((column, k) => [column, values[k]]));
  });
  return { columns, rows, ends: [head, ...lines].map(({ info }) => info.bytes) };
}

/** The cells of a CSV file line by line, the heading among them; an unfinished last line is left out. @throws RunError when it is none */
export function readCells(path: string): string[][] {
  return readRecords(path).map(({ record }) => record);
}

/** The same, and the byte at which each line ends. */
function readRecords(path: string): CsvRecord[] {
  try {
    const text = readFileSync(path);
    const whole = text.subarray(0, text.lastIndexOf("\n") + 1);
    return parse(whole, { info: true, relax_column_count: true }) as unknown as CsvRecord[];
  } catch (error) {
    throw new RunError(`cannot read ${path}: ${error instanceof Error ? error.message : error}`);
  }
}

interface CsvRecord {
  record: string[];
  info: { bytes: number };
}
