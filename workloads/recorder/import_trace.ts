import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { createInterface } from "node:readline";
import type { HistogramTrace } from "../format/histogram_trace.ts";
import type { Trace } from "../format/trace_format.ts";
import { TraceFormatError } from "../format/trace_format_error.ts";
import { describeTrace, type TraceDescription } from "./describe_trace.ts";
import { mergeWindows, TraceBuilder, type TraceLabels } from "./histogram_trace_builder.ts";
import { LackeyReader } from "./lackey_reader.ts";
import { DEFAULT_FILTER, LlcFilter } from "./llc_filter.ts";
import { RawReader } from "./raw_histogram_reader.ts";
import { readLackeyAccesses, readRawAccesses } from "./read_accesses.ts";
import { accessCut, assertRecordingOptions, type RecordingOptions } from "./recording_options.ts";
import { assertWritable, writeTrace } from "./trace_file.ts";

/** What to import. */
export interface ImportOptions extends RecordingOptions {
  /** `lackey`: text of `valgrind --tool=lackey --trace-mem=yes`. `raw`: what recorder.c wrote; it fixed the kind, pages, windows, filter and stack depth already. */
  format: "lackey" | "raw";
  input: string;
  output: string;
  /** Default: the output's file name without extension. */
  name?: string;
  /** Program and version. Default "unknown". */
  program?: string;
  /** Command line. Default "unknown". */
  command?: string;
}

/**
 * Turns another format into a packed trace.
 *
 * @throws TraceFormatError with file and line if the input is malformed; nothing is written then
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
      : limitWindows(await readLackey(text, labels, options, input), options.maxWindows);
  }
  return kind === "accesses"
    ? readRawAccesses(input, labels, { skip: cut.skip, keep: cut.keep })
    : limitWindows(await readRaw(input, labels), options.maxWindows);
}

/** A histogram from lackey's text. `file` is for messages. */
export async function readLackey(
  text: AsyncIterable<Uint8Array>,
  labels: TraceLabels,
  options: RecordingOptions,
  file?: string,
): Promise<HistogramTrace> {
  const { windowAccesses = 20_000, pageBytes = 4096, filter = DEFAULT_FILTER } = options;
  const builder = new TraceBuilder(pageBytes, filter, windowAccesses);
  const reader = new LackeyReader(new LlcFilter(filter, pageBytes, builder), file);
  for await (const chunk of text) reader.push(chunk);
  reader.end();
  if (builder.accesses === 0) throw new TraceFormatError({ file }, "expected at least one data access");
  return builder.finish(labels);
}

/** A histogram from the raw text of recorder.c. */
export async function readRaw(file: string, labels: TraceLabels): Promise<HistogramTrace> {
  const reader = new RawReader(file);
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    reader.push(line);
  }
  return reader.finish(labels);
}

/** The trace with at most `maxWindows` windows, a whole number of at least 1. */
export function limitWindows(trace: HistogramTrace, maxWindows = 160): HistogramTrace {
  return mergeWindows(trace, Math.ceil(trace.header.windows / maxWindows));
}
