import { createHash } from "node:crypto";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import { z } from "zod";
import type { HistogramTrace, TraceHeader } from "./trace.ts";
import { TraceFormatError } from "./trace_format_error.ts";
import { VarintReader, VarintWriter } from "./varint.ts";

// The byte layout of a packed trace (`.r0t`), described for other implementations in docs/trace-format.md. Integers are
// little-endian.
//
//   0   8  magic: 89 52 30 54 0d 0a 1a 0a ("\x89R0T" and line ends that a transfer in text mode would alter)
//   8   2  version: 1
//  10   1  kind of body: 1 = histogram. Other kinds (page-fault order) can be added without a new version
//  11   1  compression of the body: 1 = brotli
//  12   4  bytes of the header, H
//  16   4  bytes of the packed body, P
//  20   4  bytes of the unpacked body
//  24  32  SHA-256 of bytes 0 to 23 followed by bytes 56 to the end
//  56   H  header: `TraceHeader` as JSON in UTF-8
//  56+H P  body
//
// A histogram body is a list of varints: for every page the signed difference of its page number from the page before;
// then for every window the number of entries, the pages (the first as it is, then differences), the fills, the
// write-backs.

/** The first eight bytes of every packed trace. */
export const TRACE_MAGIC: readonly number[] = [0x89, 0x52, 0x30, 0x54, 0x0d, 0x0a, 0x1a, 0x0a];
/** The version this code writes, and the only one it reads. */
export const TRACE_VERSION = 1;

const KIND_HISTOGRAM = 1;
const COMPRESSION_BROTLI = 1;
const PREFIX_BYTES = 56;
const HASH_START = 24;
const MAX_COUNT = 2 ** 32 - 1;

const text = z.string().min(1).max(10_000);
const count = z.int().min(1).max(MAX_COUNT);
const powerOfTwo = count.refine((value) => Number.isInteger(Math.log2(value)), "expected a power of two");
const headerSchema = z.strictObject({
  name: text,
  program: text,
  command: text,
  method: text,
  pageBytes: powerOfTwo,
  filter: z.strictObject({ lineBytes: powerOfTwo, sets: powerOfTwo, ways: count }),
  windowAccesses: count,
  windows: count,
  pages: count,
  accesses: z.int().min(1),
});

/**
 * The packed bytes of a trace. What comes out always decodes to an equal trace.
 *
 * @throws TraceFormatError if the trace does not add up (unsorted pages, wrong sums, pages not numbered by first touch)
 */
export function encodeTrace(trace: HistogramTrace): Uint8Array {
  const body = writeHistogram(trace);
  const packed = brotliCompressSync(body, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
    },
  });
  const header = Buffer.from(JSON.stringify(trace.header), "utf8");
  const bytes = Buffer.alloc(PREFIX_BYTES + header.length + packed.length);
  bytes.set(TRACE_MAGIC, 0);
  bytes.writeUInt16LE(TRACE_VERSION, 8);
  bytes.writeUInt8(KIND_HISTOGRAM, 10);
  bytes.writeUInt8(COMPRESSION_BROTLI, 11);
  bytes.writeUInt32LE(header.length, 12);
  bytes.writeUInt32LE(packed.length, 16);
  bytes.writeUInt32LE(body.length, 20);
  bytes.set(header, PREFIX_BYTES);
  bytes.set(packed, PREFIX_BYTES + header.length);
  bytes.set(checksum(bytes), HASH_START);
  readHistogram(body, parseHeader(header, undefined), undefined);
  return bytes;
}

/**
 * The trace in packed bytes.
 *
 * @param bytes a whole `.r0t` file
 * @param file its name, for messages
 * @throws TraceFormatError with file, byte and what was expected, if anything at all is wrong
 */
export function decodeTrace(bytes: Uint8Array, file?: string): HistogramTrace {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const refuse = (byte: number, problem: string): never => {
    throw new TraceFormatError({ file, byte }, problem);
  };
  const expect = (byte: number, what: string, expected: number, found: number): void => {
    if (expected !== found) refuse(byte, `expected ${what} ${expected}, found ${found}`);
  };
  for (const [i, magic] of TRACE_MAGIC.entries()) {
    if (buffer[i] !== magic) refuse(i, `expected the magic bytes of a packed trace (${hex(TRACE_MAGIC)})`);
  }
  if (buffer.length < PREFIX_BYTES) {
    refuse(buffer.length, `expected at least ${PREFIX_BYTES} bytes, the file ends here`);
  }
  expect(8, "version", TRACE_VERSION, buffer.readUInt16LE(8));
  expect(10, "kind", KIND_HISTOGRAM, buffer.readUInt8(10));
  expect(11, "compression", COMPRESSION_BROTLI, buffer.readUInt8(11));
  const headerEnd = PREFIX_BYTES + buffer.readUInt32LE(12);
  const end = headerEnd + buffer.readUInt32LE(16);
  if (buffer.length < end) refuse(buffer.length, `expected ${end} bytes, the file ends here`);
  if (buffer.length > end) refuse(end, `expected the end of the file, ${buffer.length - end} bytes follow`);
  const stated = buffer.subarray(HASH_START, PREFIX_BYTES);
  const found = checksum(buffer);
  if (!found.equals(stated)) {
    refuse(HASH_START, `expected SHA-256 ${stated.toString("hex")}, the content has ${found.toString("hex")}`);
  }
  const header = parseHeader(buffer.subarray(PREFIX_BYTES, headerEnd), file);
  const body = unpack(buffer.subarray(headerEnd), buffer.readUInt32LE(20), headerEnd, file);
  return readHistogram(body, header, file);
}

/** The SHA-256 that a packed trace carries, in hex. `bytes` is a whole packed trace that `decodeTrace` accepts. */
export function traceChecksum(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(HASH_START, PREFIX_BYTES)).toString("hex");
}

function checksum(bytes: Buffer): Buffer {
  return createHash("sha256").update(bytes.subarray(0, HASH_START)).update(bytes.subarray(PREFIX_BYTES)).digest();
}

function hex(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

function parseHeader(bytes: Buffer, file: string | undefined): TraceHeader {
  const place = { file, byte: PREFIX_BYTES };
  let data: unknown;
  try {
    data = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new TraceFormatError(place, `expected the header as JSON in UTF-8: ${(error as Error).message}`);
  }
  const result = headerSchema.safeParse(data);
  if (!result.success) {
    const issue = result.error.issues[0]!;
    throw new TraceFormatError(place, `header field ${issue.path.join(".") || "(all)"}: ${issue.message}`);
  }
  return result.data;
}

function unpack(packed: Buffer, length: number, byte: number, file: string | undefined): Uint8Array {
  let body: Uint8Array;
  try {
    body = brotliDecompressSync(packed, { maxOutputLength: Math.max(1, length) });
  } catch (error) {
    throw new TraceFormatError(
      { file, byte },
      `expected ${length} bytes of brotli-packed body: ${(error as Error).message}`,
    );
  }
  if (body.length !== length) {
    throw new TraceFormatError({ file, byte: 20 }, `expected ${length} bytes of unpacked body, found ${body.length}`);
  }
  return body;
}

function writeHistogram(trace: HistogramTrace): Uint8Array {
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

function readHistogram(body: Uint8Array, header: TraceHeader, file: string | undefined): HistogramTrace {
  const reader = new VarintReader(body, file);
  if (body.length < header.pages) reader.refuse(`expected ${header.pages} page numbers in ${body.length} bytes`);
  const pageNumbers = readPageNumbers(reader, header.pages);
  const windowStart = new Uint32Array(Math.min(header.windows, body.length) + 1);
  const page: number[] = [];
  const fills: number[] = [];
  const writeBacks: number[] = [];
  let seen = 0;
  let accesses = 0;
  for (let window = 0; window < header.windows; window++) {
    const where = `of window ${window}`;
    const start = page.length;
    const entries = reader.unsigned(`the number of entries ${where}`);
    for (let e = 0; e < entries; e++) {
      const at = reader.position;
      const delta = reader.unsigned(`a page ${where}`);
      if (e > 0 && delta === 0) reader.refuse(`expected pages ${where} to rise, page ${page.at(-1)} comes twice`, at);
      const number = e === 0 ? delta : page.at(-1)! + delta;
      if (number >= header.pages) reader.refuse(`expected a page below ${header.pages} ${where}, found ${number}`, at);
      if (number > seen) reader.refuse(`expected pages numbered by first touch: page ${number} before ${seen}`, at);
      if (number === seen) seen++;
      page.push(number);
    }
    const filled = reader.position;
    let sum = 0;
    for (let e = 0; e < entries; e++) {
      const value = readCount(reader, `a number of fills ${where}`);
      fills.push(value);
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
      const value = readCount(reader, `a number of write-backs ${where}`);
      if (value === 0 && fills[start + e] === 0)
        reader.refuse(`expected page ${page[start + e]} ${where} to have a fill or a write-back`, at);
      writeBacks.push(value);
    }
    windowStart[window + 1] = page.length;
  }
  if (accesses !== header.accesses) reader.refuse(`expected ${header.accesses} fills in all, found ${accesses}`);
  if (seen !== header.pages) reader.refuse(`expected ${header.pages} pages to be touched, found ${seen}`);
  reader.assertEnd();
  return {
    kind: "histogram",
    header,
    pageNumbers,
    windowStart,
    page: Uint32Array.from(page),
    fills: Uint32Array.from(fills),
    writeBacks: Uint32Array.from(writeBacks),
  };
}

function readPageNumbers(reader: VarintReader, pages: number): Float64Array {
  const pageNumbers = new Float64Array(pages);
  const distinct = new Set<number>();
  let number = 0;
  for (let i = 0; i < pages; i++) {
    const at = reader.position;
    number += reader.signed(`the page number of page ${i}`);
    if (number < 0 || number >= 2 ** 52) reader.refuse(`expected page number ${i} below 2^52, found ${number}`, at);
    if (distinct.has(number)) reader.refuse(`expected distinct page numbers, ${number} comes twice`, at);
    distinct.add(number);
    pageNumbers[i] = number;
  }
  return pageNumbers;
}

function readCount(reader: VarintReader, what: string): number {
  const at = reader.position;
  const value = reader.unsigned(what);
  if (value > MAX_COUNT) reader.refuse(`expected ${what} below 2^32, found ${value}`, at);
  return value;
}
