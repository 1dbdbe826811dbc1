import type { HistogramTrace } from "../format/histogram_trace.ts";
import { textLines } from "../format/text_input.ts";
import { InputFormatError } from "../format/trace_format_error.ts";
import { HistogramTraceBuilder, mergeWindows } from "./histogram_trace_builder.ts";
import { DEFAULT_FILTER, LlcFilter } from "./llc_filter.ts";
import { RawHistogramReader } from "./raw_histogram_reader.ts";
import { readAccessText, type TextReading } from "./read_text.ts";
import type { RecordingOptions } from "./recording_options.ts";
import type { TraceLabels } from "./trace_labels.ts";

/** Reads a histogram from a text of memory accesses. `file` is for messages. */
export async function readLackeyHistogram(
  text: AsyncIterable<Uint8Array>,
  labels: TraceLabels,
  options: RecordingOptions,
  file?: string,
  reading: TextReading = {},
): Promise<HistogramTrace> {
  const { windowAccesses = 20_000, pageBytes = 4096, filter = DEFAULT_FILTER } = options;
  const builder = new HistogramTraceBuilder(pageBytes, filter, windowAccesses);
  const cache = new LlcFilter(filter, pageBytes, builder);
  const notes = await readAccessText(text, () => cache, reading, file);
  if (builder.accesses === 0) {
    throw new InputFormatError({ file }, ["expected at least one data access", ...notes].join("; "));
  }
  for (const note of notes) reading.onNote?.(note);
  return builder.finish(labels);
}

/** Reads a histogram from the raw output of recorder.c. */
export async function readRawHistogram(file: string, labels: TraceLabels): Promise<HistogramTrace> {
  const reader = new RawHistogramReader(file);
  for await (const line of textLines(file)) reader.push(line);
  return reader.finish(labels);
}

/** Merges windows so that at most `maxWindows` (a whole number of at least 1) are left. */
export function limitWindows(trace: HistogramTrace, maxWindows = 160): HistogramTrace {
  return mergeWindows(trace, Math.ceil(trace.header.windows / maxWindows));
}
