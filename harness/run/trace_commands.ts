import { existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { describeTrace as describeFile, type TraceDescription } from "../../workloads/recorder/describe_trace.ts";
import { type ImportFormat, type ImportOptions, importTrace } from "../../workloads/recorder/import_trace.ts";
import { type RecordOptions, recordProgram } from "../../workloads/recorder/record_program.ts";
import { clearDeadPartials } from "./leftovers.ts";
import { RunError, UsageError } from "./usage_error.ts";

export type { ImportFormat, TraceDescription };

/** Describes a trace file. @throws UsageError if there is no such file, TraceFormatError if it is damaged */
export function describeTrace(file: string): TraceDescription {
  assertInputFile(file);
  return describeFile(file);
}

function assertInputFile(file: string): void {
  if (!existsSync(file)) throw new UsageError(`there is no file ${file}`);
  if (statSync(file).isDirectory()) throw new UsageError(`${file} is a folder, not a file`);
}

/** `recordProgram` with errors for the user. @throws UsageError on a bad number, RunError if the program fails */
export function recordTrace(options: RecordOptions): Promise<TraceDescription> {
  clearDeadPartials(dirname(resolve(options.out)));
  return recordProgram(options).catch(sortError);
}

/** `importTrace` with errors for the user. @throws UsageError on a bad number, TraceFormatError on a malformed input */
export async function convertTrace(options: ImportOptions): Promise<TraceDescription> {
  assertInputFile(options.input);
  clearDeadPartials(dirname(resolve(options.output)));
  return importTrace(options).catch(sortError);
}

function sortError(error: unknown): never {
  if (error instanceof RangeError) throw new UsageError(error.message);
  // A program that cannot be recorded gives a plain Error without a code.
  if (error instanceof Error && error.constructor === Error && !("code" in error)) throw new RunError(error.message);
  throw error;
}
