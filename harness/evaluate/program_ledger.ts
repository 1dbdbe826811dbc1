import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { readFile } from "../../files/open_file.ts";

/** Where scored programs are noted, unless the user names another file. */
export const LEDGER = "runs/programs.csv";

const COLUMNS = ["time", "env", "split", "program", "sha256", "combined_score", "valid"];

/** Largest ledger that is read, bytes. Source: choice, half a million lines. */
const MOST_LEDGER = 64 << 20;

/** One scoring of a program. */
export interface LedgerEntry {
  env: string;
  split: string;
  /** Name of the file. */
  program: string;
  combined_score: number;
  valid: boolean;
}

/** The SHA-256 of a program's source. */
export function hashOf(path: string): string {
  return createHash("sha256").update(readFile(path, MOST_LEDGER)).digest("hex");
}

/** Adds a line. Lines of processes that write at the same time do not mix. */
export function noteProgram(ledger: string, entry: LedgerEntry, sha256: string): void {
  mkdirSync(dirname(ledger), { recursive: true });
  const line = { time: new Date().toISOString(), ...entry, sha256 };
  appendFileSync(
    ledger,
    stringify([line], { header: !existsSync(ledger), columns: COLUMNS, cast: { boolean: String } }),
  );
}

/** Number of different programs that were scored on a split of an environment; 0 where there is no ledger. */
export function programsScored(ledger: string, env: string, split: string): number {
  if (!existsSync(ledger)) return 0;
  const lines: Record<string, string>[] = parse(readFile(ledger, MOST_LEDGER), {
    columns: true,
    relax_column_count: true,
    skip_records_with_error: true,
  });
  return new Set(lines.filter((line) => line.env === env && line.split === split).map(({ sha256 }) => sha256)).size;
}
