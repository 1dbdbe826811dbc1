import { FileError } from "../../files/file_error.ts";

/** The place of an error in a trace: the file if known, and a byte position or a line. */
export interface TracePlace {
  file?: string | undefined;
  /** Byte position, counted from 0. */
  byte?: number | undefined;
  /** What `byte` counts: bytes of the file, or bytes of the body after unpacking. */
  part?: "file" | "unpacked body";
  /** Line of a text trace, counted from 1. */
  line?: number | undefined;
}

/**
 * A trace is truncated, altered, of another version or inconsistent. The message names the place (file, byte or line),
 * what was expected and what was found. No part of a refused trace is ever returned.
 */
export class TraceFormatError extends FileError {
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

/** A file of another program cannot be read. The message names the place, the value and what is allowed. */
export class InputFormatError extends TraceFormatError {}
