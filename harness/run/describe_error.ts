import { ArtifactError } from "../../agents/artifact.ts";
import { EnvUsageError } from "../../gym/env.ts";
import { UnknownNameError } from "../../gym/nearest.ts";
import { SplitError } from "../../gym/split_guard.ts";
import { InputFormatError, TraceFormatError } from "../../workloads/format/trace_format_error.ts";
import { OutputExistsError, OutputPlaceError } from "../../workloads/recorder/trace_file.ts";
import { RunError, UsageError } from "./usage_error.ts";

/** An error for a user. */
export interface ErrorReport {
  /** One line. */
  message: string;
  /** 2 if the request is wrong, 1 for all other errors. */
  exitCode: 1 | 2;
  /** Whether it can happen without a bug in this program. */
  expected: boolean;
}

const USAGE = [
  UsageError,
  UnknownNameError,
  SplitError,
  EnvUsageError,
  OutputExistsError,
  OutputPlaceError,
  InputFormatError,
];
const DAMAGE = [RunError, ArtifactError, TraceFormatError];

/** Tells apart mistakes of the user, damaged files, refusals of the system, and bugs of this program. */
export function describeError(error: unknown): ErrorReport {
  const message = (error instanceof Error ? error.message : String(error)).split("\n")[0];
  if (USAGE.some((kind) => error instanceof kind)) return { message, exitCode: 2, expected: true };
  const system = error instanceof Error && "code" in error && "syscall" in error;
  return { message, exitCode: 1, expected: system || DAMAGE.some((kind) => error instanceof kind) };
}
