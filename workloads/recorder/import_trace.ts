import { basename } from "node:path";
import { firstCharacters, unpackedBytes } from "../format/text_input.ts";
import type { Trace } from "../format/trace_format.ts";
import { InputFormatError } from "../format/trace_format_error.ts";
import { recogniseFormat } from "../recognise_format.ts";
import { LINE_FORMATS } from "./access_line_reader.ts";
import { describeTrace, type TraceDescription } from "./describe_trace.ts";
import { readLackeyAccesses, readRawAccesses } from "./read_accesses.ts";
import { limitWindows, readLackeyHistogram, readRawHistogram } from "./read_histogram.ts";
import { accessCut, assertRecordingOptions, type RecordingOptions } from "./recording_options.ts";
import { assertWritable, writeTrace } from "./trace_file.ts";
import type { TraceLabels } from "./trace_labels.ts";

/** Formats that can be imported. */
export const IMPORT_FORMATS = ["lackey", "raw", ...LINE_FORMATS] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

const METHODS: Readonly<Record<ImportFormat, string>> = {
  lackey: "valgrind lackey",
  raw: "tsan hooks",
  pin: "pin pinatrace",
  dinero: "dinero trace",
  memtrace: "dynamorio memtrace",
  drmemtrace: "dynamorio drmemtrace",
};

/** What to import. */
export interface ImportOptions extends RecordingOptions {
  /**
   * `lackey`: text of `valgrind --tool=lackey --trace-mem=yes`. `raw`: output of recorder.c, whose kind, pages,
   * windows, filter and stack depth are already fixed. `pin`, `dinero`, `memtrace`, `drmemtrace`: memory accesses of
   * Pin's pinatrace, of Dinero, and of DynamoRIO. Default: recognised by the content, else `lackey`. Texts may be
   * packed with gzip or zstd.
   */
  format?: ImportFormat;
  /** Refuses lines that are no accesses, instead of skipping them. Default: false. */
  strict?: boolean;
  /** Receives what the user should know about the input: its format, lines that were skipped. */
  onNote?: (note: string) => void;
  input: string;
  output: string;
  /** Default: the file name of the output without its extension. */
  name?: string;
  /** Program and version. Default "unknown". */
  program?: string;
  /** Command line. Default "unknown". */
  command?: string;
}

/**
 * Converts another format into a packed trace.
 *
 * @throws TraceFormatError with file and line if the input is malformed; then nothing is written
 * @throws OutputExistsError if the output exists and `force` is not set
 */
export async function importTrace(options: ImportOptions): Promise<TraceDescription> {
  const { output, program = "unknown", command = "unknown", force = false } = options;
  assertRecordingOptions(options);
  assertWritable(output, force);
  const name = options.name ?? basename(output).replace(/\.[^.]*$/, "");
  // A refused input is refused in one line: notes wait until all has gone well.
  const notes: string[] = [];
  const onNote = (note: string) => notes.push(note);
  const format = options.format ?? recognised(options.input, onNote);
  const labels = { name, program, command, method: METHODS[format] };
  writeTrace(output, await readInput({ ...options, format, onNote }, labels), force);
  for (const note of notes) options.onNote?.(note);
  return describeTrace(output);
}

function recognised(input: string, onNote: (note: string) => void): ImportFormat {
  const look = recogniseFormat(firstCharacters(input));
  if (look === null) return "lackey";
  const format = IMPORT_FORMATS.find((candidate) => candidate === look.name);
  if (format === undefined) {
    const allowed = IMPORT_FORMATS.join(", ");
    throw new InputFormatError(
      { file: input },
      `no recording that can be converted (allowed: ${allowed}); it looks like ${look.called}: ${look.use}`,
    );
  }
  if (format !== "lackey") onNote(`reading ${input} as ${look.called}, format ${format}`);
  return format;
}

async function readInput(options: ImportOptions & { format: ImportFormat }, labels: TraceLabels): Promise<Trace> {
  const { kind = "histogram", format, input, strict = false, onNote } = options;
  const cut = accessCut(options);
  if (format !== "raw") {
    const text = unpackedBytes(input);
    const reading = { format, strict, onNote };
    return kind === "accesses"
      ? readLackeyAccesses(text, labels, cut, input, reading)
      : limitWindows(await readLackeyHistogram(text, labels, options, input, reading), options.maxWindows);
  }
  return kind === "accesses"
    ? readRawAccesses(input, labels, { skip: cut.skip, keep: cut.keep })
    : limitWindows(await readRawHistogram(input, labels), options.maxWindows);
}
