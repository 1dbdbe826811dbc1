import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { createInterface } from "node:readline";
import type { CacheFilter, HistogramTrace } from "../trace.ts";
import { TraceFormatError } from "../trace_format_error.ts";
import { describeTrace, type TraceDescription } from "./describe_trace.ts";
import { LackeyReader } from "./lackey.ts";
import { DEFAULT_FILTER, LlcFilter } from "./llc_filter.ts";
import { RawReader } from "./raw.ts";
import { mergeWindows, TraceBuilder, type TraceLabels } from "./trace_builder.ts";
import { assertWritable, writeTrace } from "./trace_file.ts";

/** How a recording is cut into windows and pages. */
export interface RecordingOptions {
  /** Fills in a window before merging. Default 20000. */
  windowAccesses?: number;
  /** Neighbouring windows are merged, in equal groups, until at most this many are left. Default 160. */
  maxWindows?: number;
  /** Bytes of a page, a power of two. Default 4096. */
  pageBytes?: number;
  /** Default: `DEFAULT_FILTER`, 256 KiB. */
  filter?: CacheFilter;
  /** Replace the output file if it exists. Default false. */
  force?: boolean;
}

/** What to import. */
export interface ImportOptions extends RecordingOptions {
  /** `lackey`: text of `valgrind --tool=lackey --trace-mem=yes`. `raw`: what recorder.c wrote; it fixed pages, windows and filter already. */
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
  const { format, input, output, program = "unknown", command = "unknown", maxWindows = 160, force = false } = options;
  assertMaxWindows(maxWindows);
  assertWritable(output, force);
  const name = options.name ?? basename(output).replace(/\.[^.]*$/, "");
  const stream = createReadStream(input, { highWaterMark: 1 << 20 });
  const trace =
    format === "lackey"
      ? await readLackey(stream, { name, program, command, method: "valgrind lackey" }, options, input)
      : await readRaw(input, { name, program, command, method: "tsan hooks" });
  writeTrace(output, limitWindows(trace, maxWindows), force);
  return describeTrace(output);
}

/** A trace from lackey's text. `file` is for messages. */
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

/** A trace from the raw text of recorder.c. */
export async function readRaw(file: string, labels: TraceLabels): Promise<HistogramTrace> {
  const reader = new RawReader(file);
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    reader.push(line);
  }
  return reader.finish(labels);
}

/** The trace with at most `maxWindows` windows. */
export function limitWindows(trace: HistogramTrace, maxWindows: number): HistogramTrace {
  return mergeWindows(trace, Math.ceil(trace.header.windows / maxWindows));
}

/** Throws a RangeError unless `maxWindows` can be a number of windows. */
export function assertMaxWindows(maxWindows: number): void {
  if (!Number.isInteger(maxWindows) || maxWindows < 1) {
    throw new RangeError(`maxWindows must be a whole number of at least 1, got ${maxWindows}`);
  }
}
