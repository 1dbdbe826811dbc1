import { Option } from "commander";
import { stringify } from "csv-stringify/sync";
import { harmlessCell } from "../harness/run/csv.ts";
import { printable, printableLine } from "./printable.ts";
import { tableText } from "./text_table.ts";

/** Formats of results on standard output. */
export type Format = "table" | "json" | "csv";

/** The option `--format`. */
export function formatOption(standard: Format = "table"): Option {
  return new Option("--format <format>", "how to print the result").choices(["table", "json", "csv"]).default(standard);
}

/** Writes a message for the user to standard error. It is never part of a result. */
export function say(text: string): void {
  process.stderr.write(`${printable(text)}\n`);
}

/** Writes a warning to standard error: the command goes on, but something will be missing in its result. */
export function warn(text: string): void {
  say(`warning: ${text}`);
}

/** Writes a result as JSON. */
export function printJson(value: unknown): void {
  const text = JSON.stringify(value, null, 2).replaceAll(
    /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  process.stdout.write(`${text}\n`);
}

/** Writes records as CSV. Columns default to the keys of the first record, in their order. */
export function printCsv(records: readonly object[], columns: readonly string[] = Object.keys(records[0] ?? {})): void {
  const cast = { boolean: String, string: (text: string) => harmlessCell(printableLine(text)) };
  process.stdout.write(stringify([...records], { header: true, columns: [...columns], cast }));
}

/**
 * Writes a table. Columns that contain only numbers are aligned to the right. Where the terminal is too narrow, the
 * widest columns of texts are broken into lines.
 */
export function printTable(head: readonly string[], lines: readonly (readonly string[])[]): void {
  process.stdout.write(tableText(head, lines, process.stdout.columns));
}

/** Formats a number for people; empty for null. */
export function figure(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || Number.isNaN(value)) return "";
  if (Math.abs(value) >= 1e6) return value.toPrecision(4);
  return value.toFixed(digits);
}
