/** The request is wrong: an unknown name, a bad value, a folder in use. Exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Work failed, or the system refused an operation. Exit code 1. A damaged file is a `FileError`. */
export class RunError extends Error {
  override readonly name = "RunError";
}
