import { type ImportOptions, importTrace } from "../workloads/recorder/import_trace.ts";
import { type RecordOptions, recordProgram } from "../workloads/recorder/record_program.ts";
import { describeTrace, type TraceDescription } from "../workloads/recorder/trace_file.ts";
import { RunError, UsageError } from "./usage_error.ts";

export { describeTrace, type TraceDescription };

/** `recordProgram` with its errors sorted. @throws UsageError on a bad number, RunError when the program fails */
export function recordTrace(options: RecordOptions): Promise<TraceDescription> {
  return recordProgram(options).catch(sortError);
}

/** `importTrace` with its errors sorted. @throws UsageError on a bad number, TraceFormatError on a malformed input */
export function convertTrace(options: ImportOptions): Promise<TraceDescription> {
  return importTrace(options).catch(sortError);
}

function sortError(error: unknown): never {
  if (error instanceof RangeError) throw new UsageError(error.message);
  // A plain Error with no code is what a program that could not be recorded gives.
  if (error instanceof Error && error.constructor === Error && !("code" in error)) throw new RunError(error.message);
  throw error;
}
