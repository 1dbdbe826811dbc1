/**
 * A file that the user named cannot be used: it is missing, no regular file, too large, damaged, or of another version.
 * The message names the file, the value and what is allowed. Exit code 2.
 */
export class FileError extends Error {
  override readonly name: string = "FileError";
}
