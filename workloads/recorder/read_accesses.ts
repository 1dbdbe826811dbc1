import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { AccessTrace } from "../format/access_trace.ts";
import { TraceFormatError } from "../format/trace_format_error.ts";
import { type AccessCut, AccessTraceBuilder } from "./access_trace_builder.ts";
import { LackeyReader } from "./lackey_reader.ts";
import { PageFilter } from "./page_filter.ts";
import { RawAccessReader } from "./raw_access_reader.ts";
import type { TraceLabels } from "./trace_labels.ts";

/**
 * Reads the page accesses of one thread from lackey's text. Stops reading when `cut.keep` accesses have been kept.
 *
 * @param file for messages
 */
export async function readLackeyAccesses(
  text: AsyncIterable<Uint8Array>,
  labels: TraceLabels,
  cut: AccessCut,
  file?: string,
): Promise<AccessTrace> {
  const builder = new AccessTraceBuilder(cut);
  const reader = new LackeyReader(new PageFilter(builder, cut.pageBytes, cut.stackDepth), file);
  for await (const chunk of text) {
    reader.push(chunk);
    if (builder.full) break;
  }
  if (!builder.full) reader.end();
  if (builder.accesses === 0) {
    throw new TraceFormatError({ file }, `expected at least one data access behind ${cut.skip ?? 0} recorded ones`);
  }
  return builder.finish(labels, []);
}

/** Reads page accesses from the raw output of recorder.c. `cut` says which of them to leave out. */
export async function readRawAccesses(
  file: string,
  labels: TraceLabels,
  cut?: Pick<AccessCut, "skip" | "keep">,
): Promise<AccessTrace> {
  const reader = new RawAccessReader(file, cut);
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    reader.push(line);
  }
  return reader.finish(labels);
}
