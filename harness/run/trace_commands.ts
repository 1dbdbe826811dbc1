import { existsSync, statSync } from "node:fs";
import { describeTrace as describeFile, type TraceDescription } from "../../workloads/recorder/describe_trace.ts";
import { type ImportOptions, importTrace } from "../../workloads/recorder/import_trace.ts";
import { type RecordOptions, recordProgram } from "../../workloads/recorder/record_program.ts";
import { RunError, UsageError } from "./usage_error.ts";

export type { TraceDescription };

/** What is in a trace file. @throws UsageError when there is no such file, TraceFormatError when it is damaged */
export function describeTrace(file: string): TraceDescription {
  assertInputFile(file);
  return describeFile(file);
}

function assertInputFile(file: string): void {
  if (!existsSync(file)) throw new UsageError(`there is no file ${file}`);
  if (statSync(file).isDirectory()) throw new UsageError(`${file} is a folder, not a file`);
}

/** `recordProgram` with its errors sorted. @throws UsageError on a bad number, RunError when the program fails */
export function recordTrace(options: RecordOptions): Promise<TraceDescription> {
  return recordProgram(options).catch(sortError);
}

/** `importTrace` with its errors sorted. @throws UsageError on a bad number, TraceFormatError on a malformed input */
export async function convertTrace(options: ImportOptions): Promise<TraceDescription> {
  assertInputFile(options.input);
  return importTrace(options).catch(sortError);
}

function sortError(error: unknown): never {
  if (error instanceof RangeError) throw new UsageError(error.message);
  // A plain Error with no code is what a program that could not be recorded gives.
  if (error instanceof Error && error.constructor === Error && !("code" in error)) throw new RunError(error.message);
  throw error;
}
