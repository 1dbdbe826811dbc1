import { firstCharacters } from "./format/text_input.ts";
import { InputFormatError } from "./format/trace_format_error.ts";
import { recogniseFormat } from "./recognise_format.ts";

/**
 * Throws an InputFormatError if a file looks like one of another program instead of a packed trace, and says which
 * command reads it.
 */
export function assertPackedTrace(path: string): void {
  const look = recogniseFormat(firstCharacters(path));
  if (look === null || look.name === "packed") return;
  throw new InputFormatError({ file: path }, `it must be a packed trace; it looks like ${look.called}: ${look.use}`);
}
