import { InputFormatError } from "../format/trace_format_error.ts";
import { AccessLineReader, type LineFormat } from "./access_line_reader.ts";
import { type AccessSink, LackeyReader } from "./lackey_reader.ts";

/** How a text of memory accesses is read. */
export interface TextReading {
  /** Default: lackey. */
  readonly format?: "lackey" | LineFormat | undefined;
  /** Refuses lines that are no accesses, instead of skipping them. Default: true. */
  readonly strict?: boolean | undefined;
  /** Receives what the user should know about the text. */
  readonly onNote?: ((note: string) => void) | undefined;
}

/**
 * Passes the accesses of a text on, until its end or until `full`.
 *
 * @param sinkOf receives the accesses of a thread; a format that does not tell threads apart has thread 0 alone
 * @returns what the user should know about the text
 * @throws InputFormatError with file and line for a line that is refused
 */
export async function readAccessText(
  text: AsyncIterable<Uint8Array>,
  sinkOf: (thread: number) => AccessSink,
  { format = "lackey", strict = true }: TextReading,
  file: string | undefined,
  full: () => boolean = () => false,
): Promise<readonly string[]> {
  const reader =
    format === "lackey"
      ? new LackeyReader(sinkOf(0), file, { strict })
      : new AccessLineReader(sinkOf, format, { file, strict });
  let bytes = 0;
  for await (const chunk of text) {
    bytes += chunk.length;
    reader.push(chunk);
    if (full()) break;
  }
  if (bytes === 0 && !strict) throw new InputFormatError({ file }, "expected memory accesses, the file is empty");
  if (!full()) reader.end();
  const skipped = reader.skipped.describe();
  const notes = skipped === null ? [] : [skipped];
  if (reader instanceof LackeyReader && reader.threads) {
    notes.push("the program had several threads, which the recording cannot tell apart: they count as one");
  }
  return notes;
}
