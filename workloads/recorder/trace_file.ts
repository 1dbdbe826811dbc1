import { existsSync, linkSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { encodeTrace, type Trace } from "../format/trace_format.ts";

/** The output file exists already and must not be replaced. */
export class OutputExistsError extends Error {
  override readonly name = "OutputExistsError";
}

/** The output file cannot be written at the requested place. */
export class OutputPlaceError extends Error {
  override readonly name = "OutputPlaceError";
}

/**
 * Checks before a recording starts that `file` can be written.
 *
 * @throws OutputExistsError if the file exists and `force` is false
 * @throws OutputPlaceError if its folder is missing or not writable
 */
export function assertWritable(file: string, force: boolean): void {
  if (!force && existsSync(file)) throw new OutputExistsError(`${file} exists; --force replaces it`);
  const status = statSync(file, { throwIfNoEntry: false });
  if (status?.isDirectory()) throw new OutputPlaceError(`${file} is a folder, not a file`);
  // Replacing a device by a file would break the system.
  if (status !== undefined && !status.isFile()) throw new OutputPlaceError(`${file} is no regular file`);
  const folder = dirname(resolve(file));
  const probe = partialPath(file);
  try {
    // Permissions do not prove it: some file systems reject every write. Only a test file does.
    writeFileSync(probe, "");
    rmSync(probe);
  } catch {
    throw new OutputPlaceError(`cannot write ${file}: the folder ${folder} is missing or not writable`);
  }
}

/**
 * Writes a trace as a packed file, either completely or not at all.
 *
 * @throws OutputExistsError if the file exists and `force` is false
 */
export function writeTrace(file: string, trace: Trace, force = false): void {
  assertWritable(file, force);
  const bytes = encodeTrace(trace);
  const temporary = partialPath(file);
  try {
    writeFileSync(temporary, bytes);
    if (force) {
      renameSync(temporary, file);
    } else {
      linkSync(temporary, file);
    }
  } catch (error) {
    // Another process may have created the file since the check.
    if ((error as NodeJS.ErrnoException).code === "EEXIST") assertWritable(file, false);
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** The file that a write fills before it becomes `file`. The id of the process in its name tells who may remove it. */
function partialPath(file: string): string {
  return join(dirname(resolve(file)), `.${basename(file)}.partial-${process.pid}`);
}
