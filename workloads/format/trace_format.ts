import { createHash } from "node:crypto";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import { parseJson } from "../../files/parse_json.ts";
import { accessHeader, readAccesses, writeAccesses } from "./access_body.ts";
import type { AccessTrace } from "./access_trace.ts";
import { type HeaderFields, readFields } from "./header_fields.ts";
import { histogramHeader, readHistogram, writeHistogram } from "./histogram_body.ts";
import type { HistogramTrace } from "./histogram_trace.ts";
import { MOST_BODY_BYTES, MOST_HEADER_BYTES } from "./limits.ts";
import { TraceFormatError } from "./trace_format_error.ts";

// The byte layout of a packed trace (`.r0t`), described for other implementations in docs/trace-format.md. Integers are
// little-endian.
//
//   0   8  magic: 89 52 30 54 0d 0a 1a 0a ("\x89R0T" and line ends that a transfer in text mode would alter)
//   8   2  version: 1
//  10   1  kind of body: 1 = histogram, 2 = page accesses in order. Other kinds can be added without a new version
//  11   1  compression of the body: 1 = brotli
//  12   4  bytes of the header, H
//  16   4  bytes of the packed body, P
//  20   4  bytes of the unpacked body
//  24  32  SHA-256 of bytes 0 to 23 followed by bytes 56 to the end
//  56   H  header as JSON in UTF-8: `TraceHeader` or `AccessTraceHeader`
//  56+H P  body: histogram_body.ts or access_body.ts

/** The first eight bytes of every packed trace. */
const TRACE_MAGIC: readonly number[] = [0x89, 0x52, 0x30, 0x54, 0x0d, 0x0a, 0x1a, 0x0a];
/** The version that this code writes, and the only one that it reads. */
const TRACE_VERSION = 1;

/** A packed trace of either kind. */
export type Trace = HistogramTrace | AccessTrace;

const KINDS: Record<Trace["kind"], number> = { histogram: 1, accesses: 2 };
const COMPRESSION_BROTLI = 1;
const PREFIX_BYTES = 56;
const HASH_START = 24;

/**
 * Packs a trace. `decodeTrace` of the result always gives an equal trace.
 *
 * @throws TraceFormatError if the trace is inconsistent (unsorted pages, wrong sums, numbers out of range)
 */
export function encodeTrace(trace: Trace): Uint8Array {
  const body = trace.kind === "histogram" ? writeHistogram(trace) : writeAccesses(trace);
  const header = Buffer.from(JSON.stringify(trace.header), "utf8");
  assertSizes(header.length, body.length, undefined);
  readBody(trace.kind, header, body);
  const packed = brotliCompressSync(body, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
    },
  });
  const bytes = Buffer.alloc(PREFIX_BYTES + header.length + packed.length);
  bytes.set(TRACE_MAGIC, 0);
  bytes.writeUInt16LE(TRACE_VERSION, 8);
  bytes.writeUInt8(KINDS[trace.kind], 10);
  bytes.writeUInt8(COMPRESSION_BROTLI, 11);
  bytes.writeUInt32LE(header.length, 12);
  bytes.writeUInt32LE(packed.length, 16);
  bytes.writeUInt32LE(body.length, 20);
  bytes.set(header, PREFIX_BYTES);
  bytes.set(packed, PREFIX_BYTES + header.length);
  bytes.set(checksum(bytes), HASH_START);
  return bytes;
}

/**
 * Unpacks a trace of either kind.
 *
 * @param bytes a whole `.r0t` file
 * @param file its name, for messages
 * @throws TraceFormatError with the file, the byte and what was expected, if anything is wrong
 */
export function decodeTrace(bytes: Uint8Array, file?: string): Trace {
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
  const kind = buffer.readUInt8(10) === KINDS.accesses ? "accesses" : "histogram";
  if (buffer.readUInt8(10) !== KINDS[kind]) refuse(10, `expected kind 1 or 2, found ${buffer.readUInt8(10)}`);
  expect(11, "compression", COMPRESSION_BROTLI, buffer.readUInt8(11));
  const headerEnd = PREFIX_BYTES + buffer.readUInt32LE(12);
  const end = headerEnd + buffer.readUInt32LE(16);
  if (buffer.length < end) refuse(buffer.length, `expected ${end} bytes, the file ends here`);
  if (buffer.length > end) refuse(end, `expected the end of the file, ${buffer.length - end} bytes follow`);
  assertSizes(buffer.readUInt32LE(12), buffer.readUInt32LE(20), file);
  const stated = buffer.subarray(HASH_START, PREFIX_BYTES);
  const found = checksum(buffer);
  if (!found.equals(stated)) {
    refuse(HASH_START, `expected SHA-256 ${stated.toString("hex")}, the content has ${found.toString("hex")}`);
  }
  const body = unpack(buffer.subarray(headerEnd), buffer.readUInt32LE(20), headerEnd, file);
  return readBody(kind, buffer.subarray(PREFIX_BYTES, headerEnd), body, file);
}

/** Unpacks a histogram, like `decodeTrace`. @throws TraceFormatError also if the trace is of another kind */
export function decodeHistogramTrace(bytes: Uint8Array, file?: string): HistogramTrace {
  const trace = decodeTrace(bytes, file);
  if (trace.kind !== "histogram") refuseKind(trace, "histogram", file);
  return trace;
}

/** Unpacks page accesses in order, like `decodeTrace`. @throws TraceFormatError also if the trace is of another kind */
export function decodeAccessTrace(bytes: Uint8Array, file?: string): AccessTrace {
  const trace = decodeTrace(bytes, file);
  if (trace.kind !== "accesses") refuseKind(trace, "accesses", file);
  return trace;
}

function refuseKind(trace: Trace, wanted: Trace["kind"], file: string | undefined): never {
  throw new TraceFormatError(
    { file, byte: 10 },
    `expected kind ${KINDS[wanted]} (${wanted}), found ${KINDS[trace.kind]} (${trace.kind})`,
  );
}

function readBody(kind: Trace["kind"], header: Buffer, body: Uint8Array, file?: string): Trace {
  if (kind === "histogram") return readHistogram(body, parseHeader(histogramHeader, header, file), file);
  return readAccesses(body, parseHeader(accessHeader, header, file), file);
}

/** Refuses a header or a body above the limits. */
function assertSizes(header: number, body: number, file: string | undefined): void {
  for (const [what, byte, found, most] of [
    ["the header", 12, header, MOST_HEADER_BYTES],
    ["the unpacked body", 20, body, MOST_BODY_BYTES],
  ] as const) {
    if (found > most) throw new TraceFormatError({ file, byte }, `expected ${what} in ${most} bytes, found ${found}`);
  }
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

function parseHeader<Header>(fields: HeaderFields<Header>, bytes: Buffer, file: string | undefined): Header {
  const place = { file, byte: PREFIX_BYTES };
  let data: unknown;
  try {
    data = parseJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new TraceFormatError(place, `expected the header as JSON in UTF-8: ${(error as Error).message}`);
  }
  return readFields(fields, data, (path, problem) => {
    throw new TraceFormatError(place, `header field ${path.join(".") || "(all)"}: ${problem}`);
  });
}

function unpack(packed: Buffer, length: number, byte: number, file: string | undefined): Uint8Array {
  let body: Uint8Array;
  try {
    body = brotliDecompressSync(packed, {
      maxOutputLength: Math.max(1, length),
      // In one piece, so that no second copy is made of it.
      chunkSize: Math.max(64, length),
    });
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
