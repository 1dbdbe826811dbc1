import { randomUUID } from "node:crypto";
import { existsSync, linkSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { encodeTrace, type Trace } from "../format/trace_format.ts";

/** The output file is there already and was not to be replaced. */
export class OutputExistsError extends Error {
  override readonly name = "OutputExistsError";
}

/** The output file cannot be written where it was asked for. */
export class OutputPlaceError extends Error {
  override readonly name = "OutputPlaceError";
}

/**
 * Checks before anything is recorded that `file` can be written.
 *
 * @throws OutputExistsError if it exists, unless `force`; OutputPlaceError if its folder is missing or cannot be written
 */
export function assertWritable(file: string, force: boolean): void {
  if (!force && existsSync(file)) throw new OutputExistsError(`${file} exists; --force replaces it`);
  if (existsSync(file) && statSync(file).isDirectory()) throw new OutputPlaceError(`${file} is a folder, not a file`);
  const folder = dirname(resolve(file));
  const probe = `${file}.${randomUUID()}.tmp`;
  try {
    // Permissions alone do not say it: some file systems take no files from anybody.
    writeFileSync(probe, "", { flag: "wx" });
    rmSync(probe);
  } catch {
    throw new OutputPlaceError(`cannot write ${file}: the folder ${folder} is missing or not writable`);
  }
}

/**
 * Writes a trace as a packed file, whole or not at all.
 *
 * @throws OutputExistsError if the file exists and `force` is false
 */
export function writeTrace(file: string, trace: Trace, force = false): void {
  assertWritable(file, force);
  const bytes = encodeTrace(trace);
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    writeFileSync(temporary, bytes, { flag: "wx" });
    if (force) {
      renameSync(temporary, file);
    } else {
      linkSync(temporary, file);
    }
  } catch (error) {
    // Somebody else may have made the file since it was looked for.
    if ((error as NodeJS.ErrnoException).code === "EEXIST") assertWritable(file, false);
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}
