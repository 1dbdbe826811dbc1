/** The request is wrong: an unknown name, a bad value, a folder in use. Exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** An input is damaged, or the system refused an operation. Exit code 1. */
export class RunError extends Error {
  override readonly name = "RunError";
}
