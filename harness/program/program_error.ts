/** A program cannot be used, or failed while it decided. The message has the line of the program where it is known. */
export class ProgramError extends Error {
  override readonly name = "ProgramError";
}
