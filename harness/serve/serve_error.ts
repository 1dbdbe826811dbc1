import { EnvUsageError } from "../../gym/env.ts";
import { SplitError } from "../../gym/split_guard.ts";
import { describeError } from "../run/describe_error.ts";

/** What an `error` frame says about the request that it answers. */
export type ErrorKind = "protocol" | "usage" | "value" | "split" | "internal";

/** A request is refused. */
export class ServeError extends Error {
  override readonly name = "ServeError";
  readonly kind: ErrorKind;
  /** Whether the connection ends. */
  readonly fatal: boolean;

  constructor(kind: ErrorKind, message: string, fatal = kind === "protocol" || kind === "internal") {
    super(message);
    this.kind = kind;
    this.fatal = fatal;
  }
}

/** The error of a request for which making, resetting or stepping environments threw `error`. */
export function serveErrorOf(error: unknown): ServeError {
  if (error instanceof ServeError) return error;
  const { message, expected } = describeError(error);
  if (error instanceof SplitError) return new ServeError("split", message);
  if (error instanceof EnvUsageError) return new ServeError("usage", message);
  // Only an environment or a workload can check some values; it throws one of these.
  if (expected || error instanceof RangeError || error instanceof TypeError) return new ServeError("value", message);
  return new ServeError("internal", message);
}
