/** What was asked for cannot be done as asked: an unknown name, a bad value, a folder that is taken. Exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Something the user gave is damaged, or the system refused something. Exit code 1. */
export class RunError extends Error {
  override readonly name = "RunError";
}
