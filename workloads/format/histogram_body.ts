import { count, type HeaderFields, powerOfTwo, text, whole } from "./header_fields.ts";
import type { HistogramTrace, TraceHeader } from "./histogram_trace.ts";
import { MOST_ENTRIES, MOST_PAGES, MOST_WINDOWS } from "./limits.ts";
import { TraceFormatError } from "./trace_format_error.ts";
import { VarintReader, VarintWriter } from "./varint.ts";

// The body of a histogram is a list of varints. docs/trace-format.md describes it for other implementations. First, for
// every page, the signed difference of its page number from that of the page before. Then, for every window, the number
// of entries, the pages (the first as it is, the others as differences), the fills and the write-backs.

/** The fields of the header of a packed histogram. */
export const histogramHeader: HeaderFields<TraceHeader> = {
  name: text,
  program: text,
  command: text,
  method: text,
  pageBytes: powerOfTwo,
  filter: { lineBytes: powerOfTwo, sets: powerOfTwo, ways: count },
  windowAccesses: count,
  windows: whole(1, MOST_WINDOWS),
  pages: whole(1, MOST_PAGES),
  accesses: whole(1),
};

/**
 * Writes the unpacked body of a histogram.
 *
 * @throws TraceFormatError if an array does not have the length that the header states, or if the pages of a window do
 *   not rise
 */
export function writeHistogram(trace: HistogramTrace): Uint8Array {
  const { header, pageNumbers, windowStart, page, fills, writeBacks } = trace;
  const writer = new VarintWriter();
  if (pageNumbers.length !== header.pages || windowStart.length !== header.windows + 1) {
    throw new TraceFormatError(
      {},
      `expected ${header.pages} page numbers and ${header.windows + 1} window starts, ` +
        `found ${pageNumbers.length} and ${windowStart.length}`,
    );
  }
  let previousNumber = 0;
  for (const number of pageNumbers) {
    writer.signed(number - previousNumber);
    previousNumber = number;
  }
  for (let window = 0; window < header.windows; window++) {
    const start = windowStart[window]!;
    const end = windowStart[window + 1]!;
    writer.unsigned(end - start);
    let previous = 0;
    for (let e = start; e < end; e++) {
      if (e > start && page[e]! <= previous) {
        throw new TraceFormatError({}, `window ${window}: expected a page above ${previous}, found ${page[e]}`);
      }
      writer.unsigned(page[e]! - previous);
      previous = page[e]!;
    }
    for (let e = start; e < end; e++) writer.unsigned(fills[e]!);
    for (let e = start; e < end; e++) writer.unsigned(writeBacks[e]!);
  }
  return writer.bytes();
}

/**
 * Reads the histogram from an unpacked body.
 *
 * @throws TraceFormatError with the file, the byte of the body and what was expected, if the body is damaged or does
 *   not match its header
 */
export function readHistogram(body: Uint8Array, header: TraceHeader, file: string | undefined): HistogramTrace {
  const reader = new VarintReader(body, file);
  if (body.length < header.pages) reader.refuse(`expected ${header.pages} page numbers in ${body.length} bytes`);
  const pageNumbers = readPageNumbers(reader, header.pages);
  const windowStart = new Uint32Array(Math.min(header.windows, body.length) + 1);
  // An entry takes three bytes at least.
  const most = Math.min(MOST_ENTRIES, Math.floor(body.length / 3));
  const page = new Uint32Array(most);
  const fills = new Uint32Array(most);
  const writeBacks = new Uint32Array(most);
  let end = 0;
  let seen = 0;
  let accesses = 0;
  for (let window = 0; window < header.windows; window++) {
    const where = `of window ${window}`;
    const start = end;
    const counted = reader.position;
    const entries = reader.unsigned("the number of entries of window", window);
    if (entries > most - start) {
      reader.refuse(`expected at most ${most} entries in all windows, found ${start + entries}`, counted);
    }
    let previous = 0;
    for (let e = 0; e < entries; e++) {
      const at = reader.position;
      const delta = reader.unsigned("a page of window", window);
      if (e > 0 && delta === 0) reader.refuse(`expected pages ${where} to rise, page ${previous} comes twice`, at);
      const number = previous + delta;
      if (number >= header.pages) reader.refuse(`expected a page below ${header.pages} ${where}, found ${number}`, at);
      if (number > seen) reader.refuse(`expected pages numbered by first touch: page ${number} before ${seen}`, at);
      if (number === seen) seen++;
      page[start + e] = number;
      previous = number;
    }
    const filled = reader.position;
    let sum = 0;
    for (let e = 0; e < entries; e++) {
      const value = reader.count("a number of fills of window", window);
      fills[start + e] = value;
      sum += value;
    }
    const last = window === header.windows - 1;
    if (last ? sum < 1 || sum > header.windowAccesses : sum !== header.windowAccesses) {
      const wanted = last ? `1 to ${header.windowAccesses}` : `${header.windowAccesses}`;
      reader.refuse(`expected ${wanted} fills in window ${window}, found ${sum}`, filled);
    }
    accesses += sum;
    for (let e = 0; e < entries; e++) {
      const at = reader.position;
      const value = reader.count("a number of write-backs of window", window);
      if (value === 0 && fills[start + e] === 0)
        reader.refuse(`expected page ${page[start + e]} ${where} to have a fill or a write-back`, at);
      writeBacks[start + e] = value;
    }
    end = start + entries;
    windowStart[window + 1] = end;
  }
  if (accesses !== header.accesses) reader.refuse(`expected ${header.accesses} fills in all, found ${accesses}`);
  if (seen !== header.pages) reader.refuse(`expected ${header.pages} pages to be touched, found ${seen}`);
  reader.assertEnd();
  return {
    kind: "histogram",
    header,
    pageNumbers,
    windowStart,
    page: page.slice(0, end),
    fills: fills.slice(0, end),
    writeBacks: writeBacks.slice(0, end),
  };
}

function readPageNumbers(reader: VarintReader, pages: number): Float64Array {
  const pageNumbers = new Float64Array(pages);
  let number = 0;
  for (let i = 0; i < pages; i++) {
    const at = reader.position;
    number += reader.signed("the page number of page", i);
    if (number < 0 || number >= 2 ** 52) reader.refuse(`expected page number ${i} below 2^52, found ${number}`, at);
    pageNumbers[i] = number;
  }
  // A set of millions of numbers would take ten times the memory.
  const sorted = pageNumbers.slice().sort();
  const twice = sorted.find((value, i) => i > 0 && value === sorted[i - 1]);
  if (twice !== undefined) reader.refuse(`expected distinct page numbers, ${twice} comes twice`);
  return pageNumbers;
}
