import { UsageError } from "../../../harness/run/usage_error.ts";
import type { CallResult } from "../call_program.ts";

/** Exit codes of a command that ended as it should: done, a check did not hold, refused, interrupted. */
const CODES = [0, 1, 2, 130];

/**
 * Throws what a command refused as the error of our own that it was, or an Error where it did not refuse it properly:
 * in one line, without output.
 */
export function refusedByProgram({ code, stdout, stderr }: CallResult): void {
  if (!CODES.includes(code)) throw new Error(`exit code ${code}: ${stderr}`);
  if (/unexpected error|^\s+at \S+ \(/m.test(stderr)) throw new Error(`unexpected: ${stderr}`);
  if (code !== 2) return;
  const lines = stderr.trim().split("\n");
  if (lines.length !== 1) throw new Error(`${lines.length} lines: ${stderr.slice(0, 2000)}`);
  if (stdout !== "") throw new Error(`refused, but printed: ${stdout.slice(0, 200)}`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a terminal obeys.
  if (/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]/.test(stderr.trim()))
    throw new Error(`raw controls: ${JSON.stringify(stderr)}`);
  throw new UsageError(stderr.trim());
}
