import { createReadStream } from "node:fs";
import { basename } from "node:path";
import type { Trace } from "../format/trace_format.ts";
import { describeTrace, type TraceDescription } from "./describe_trace.ts";
import { readLackeyAccesses, readRawAccesses } from "./read_accesses.ts";
import { limitWindows, readLackeyHistogram, readRawHistogram } from "./read_histogram.ts";
import { accessCut, assertRecordingOptions, type RecordingOptions } from "./recording_options.ts";
import { assertWritable, writeTrace } from "./trace_file.ts";
import type { TraceLabels } from "./trace_labels.ts";

/** What to import. */
export interface ImportOptions extends RecordingOptions {
  /**
   * `lackey`: text of `valgrind --tool=lackey --trace-mem=yes`. `raw`: output of recorder.c, whose kind, pages,
   * windows, filter and stack depth are already fixed.
   */
  format: "lackey" | "raw";
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
  const { format, output, program = "unknown", command = "unknown", force = false } = options;
  assertRecordingOptions(options);
  assertWritable(output, force);
  const name = options.name ?? basename(output).replace(/\.[^.]*$/, "");
  const method = format === "lackey" ? "valgrind lackey" : "tsan hooks";
  writeTrace(output, await readInput(options, { name, program, command, method }), force);
  return describeTrace(output);
}

async function readInput(options: ImportOptions, labels: TraceLabels): Promise<Trace> {
  const { kind = "histogram", format, input } = options;
  const cut = accessCut(options);
  if (format === "lackey") {
    const text = createReadStream(input, { highWaterMark: 1 << 20 });
    return kind === "accesses"
      ? readLackeyAccesses(text, labels, cut, input)
      : limitWindows(await readLackeyHistogram(text, labels, options, input), options.maxWindows);
  }
  return kind === "accesses"
    ? readRawAccesses(input, labels, { skip: cut.skip, keep: cut.keep })
    : limitWindows(await readRawHistogram(input, labels), options.maxWindows);
}
