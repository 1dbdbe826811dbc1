/** Where in a trace something is wrong: a file if known, and a byte position or a line. */
export interface TracePlace {
  file?: string | undefined;
  /** Byte position, counted from 0. */
  byte?: number | undefined;
  /** Which bytes `byte` counts: those of the file, or those of the body after unpacking. */
  part?: "file" | "unpacked body";
  /** Line of a text trace, counted from 1. */
  line?: number | undefined;
}

/**
 * A trace is truncated, altered, of another version or does not add up. The message says where (file, byte or line),
 * what was expected and what was found. Nothing of a refused trace is ever returned.
 */
export class TraceFormatError extends Error {
  override readonly name = "TraceFormatError";
  readonly place: TracePlace;

  constructor(place: TracePlace, problem: string) {
    super(`${describePlace(place)}: ${problem}`);
    this.place = place;
  }
}

function describePlace({ file, byte, part = "file", line }: TracePlace): string {
  const name = file ?? "trace";
  if (line !== undefined) return `${name}:${line}`;
  if (byte !== undefined)
    return part === "file" ? `${name}, byte ${byte}` : `${name}, byte ${byte} of the unpacked body`;
  return name;
}
