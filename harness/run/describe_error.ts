import { ArtifactWriteError } from "../../agents/artifact.ts";
import { FileError } from "../../files/file_error.ts";
import { EnvUsageError } from "../../gym/env.ts";
import { UnknownNameError } from "../../gym/nearest.ts";
import { SplitError } from "../../gym/split_guard.ts";
import { OutputExistsError, OutputPlaceError } from "../../workloads/recorder/trace_file.ts";
import { ProgramError } from "../program/program_error.ts";
import { shortText } from "./short_text.ts";
import { RunError, UsageError } from "./usage_error.ts";

/** An error for a user. */
export interface ErrorReport {
  /** One line. */
  message: string;
  /** 2 if the request or a file is wrong, 1 for all other errors. */
  exitCode: 1 | 2;
  /** Whether it can happen without a bug in this program. */
  expected: boolean;
}

const USAGE = [
  UsageError,
  UnknownNameError,
  SplitError,
  EnvUsageError,
  ProgramError,
  OutputExistsError,
  OutputPlaceError,
  FileError,
];
const FAILURES = [RunError, ArtifactWriteError];

/** Tells apart mistakes of the user and files that cannot be used, failures, and bugs of this program. */
export function describeError(error: unknown): ErrorReport {
  const message = shortText((error instanceof Error ? error.message : String(error)).split("\n")[0]);
  if (FAILURES.some((kind) => error instanceof kind)) return { message, exitCode: 1, expected: true };
  if (USAGE.some((kind) => error instanceof kind)) return { message, exitCode: 2, expected: true };
  const system = error instanceof Error && "code" in error && "syscall" in error;
  return { message, exitCode: 1, expected: system };
}
