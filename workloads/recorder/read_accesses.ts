import type { AccessTrace } from "../format/access_trace.ts";
import { textLines } from "../format/text_input.ts";
import { InputFormatError } from "../format/trace_format_error.ts";
import { type AccessCut, AccessTraceBuilder } from "./access_trace_builder.ts";
import { PageFilter } from "./page_filter.ts";
import { RawAccessReader } from "./raw_access_reader.ts";
import { readAccessText, type TextReading } from "./read_text.ts";
import type { TraceLabels } from "./trace_labels.ts";

/**
 * Reads page accesses from a text of memory accesses, each thread's apart where the format tells them apart (lackey's
 * does not). Stops reading when `cut.keep` accesses have been kept.
 *
 * @param file for messages
 */
export async function readLackeyAccesses(
  text: AsyncIterable<Uint8Array>,
  labels: TraceLabels,
  cut: AccessCut,
  file?: string,
  reading: TextReading = {},
): Promise<AccessTrace> {
  const builder = new AccessTraceBuilder(cut);
  const filters = new Map<number, PageFilter>();
  const filterOf = (thread: number): PageFilter => {
    let filter = filters.get(thread);
    if (filter === undefined) {
      filter = new PageFilter(builder, cut.pageBytes, cut.stackDepth, thread);
      filters.set(thread, filter);
    }
    return filter;
  };
  const notes = await readAccessText(text, filterOf, reading, file, () => builder.full);
  if (builder.accesses === 0) {
    const expected = `expected at least one data access behind ${cut.skip ?? 0} recorded ones`;
    throw new InputFormatError({ file }, [expected, ...notes].join("; "));
  }
  for (const note of notes) reading.onNote?.(note);
  return builder.finish(labels, []);
}

/** Reads page accesses from the raw output of recorder.c. `cut` says which of them to leave out. */
export async function readRawAccesses(
  file: string,
  labels: TraceLabels,
  cut?: Pick<AccessCut, "skip" | "keep">,
): Promise<AccessTrace> {
  const reader = new RawAccessReader(file, cut);
  for await (const line of textLines(file)) reader.push(line);
  return reader.finish(labels);
}
