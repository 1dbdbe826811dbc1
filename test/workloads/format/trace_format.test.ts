import { createHash } from "node:crypto";
import { brotliCompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { HistogramTrace, TraceHeader } from "../../../workloads/format/histogram_trace.ts";
import { decodeTrace, encodeTrace, traceChecksum } from "../../../workloads/format/trace_format.ts";
import { TraceFormatError } from "../../../workloads/format/trace_format_error.ts";
import { anyTrace, sampleTrace } from "./traces.ts";

/** A packed trace around any header and body, with lengths and checksum that fit. */
function pack(header: unknown, body: readonly number[], unpacked = body.length): Buffer {
  const text = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const packed = brotliCompressSync(Uint8Array.from(body));
  const bytes = Buffer.alloc(56 + text.length + packed.length);
  bytes.set(encodeTrace(sampleTrace()).subarray(0, 12));
  bytes.writeUInt32LE(text.length, 12);
  bytes.writeUInt32LE(packed.length, 16);
  bytes.writeUInt32LE(unpacked, 20);
  bytes.set(text, 56);
  bytes.set(packed, 56 + text.length);
  const hash = createHash("sha256").update(bytes.subarray(0, 24)).update(bytes.subarray(56)).digest();
  bytes.set(hash, 24);
  return bytes;
}

const header: TraceHeader = sampleTrace().header;
// Page numbers 7, 9, 8 as signed differences; then entries, pages, fills, write-backs of each window.
const pages = [14, 4, 1];
const first = [2, 0, 1, 3, 1, 0, 1];
const second = [2, 1, 1, 1, 3, 0, 0];
const third = [1, 0, 1, 0];
const body = [...pages, ...first, ...second, ...third];

function refusal(bytes: Uint8Array): string {
  try {
    decodeTrace(bytes, "x.r0t");
  } catch (error) {
    expect(error).toBeInstanceOf(TraceFormatError);
    return (error as Error).message;
  }
  throw new Error("the trace was not refused");
}

function changed(position: number, value: number): Buffer {
  const bytes = Buffer.from(encodeTrace(sampleTrace()));
  bytes[position] = value;
  return bytes;
}

describe("packed traces", () => {
  test("come back as they were", () => {
    fc.assert(
      fc.property(anyTrace, (trace) => {
        expect(decodeTrace(encodeTrace(trace))).toEqual(trace);
      }),
      { numRuns: 200 },
    );
  });

  test("have the bytes that the documentation describes", () => {
    expect(decodeTrace(pack(header, body))).toEqual(sampleTrace());
  });

  test("are refused wherever they are cut", () => {
    const bytes = encodeTrace(sampleTrace());
    for (let length = 0; length < bytes.length; length++) {
      expect(refusal(bytes.subarray(0, length))).toMatch(/^x\.r0t, byte \d+: expected /);
    }
  });

  test("are refused whichever bit is altered", () => {
    const bytes = encodeTrace(sampleTrace());
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const altered = Buffer.from(bytes);
      altered[bit >> 3]! ^= 1 << (bit & 7);
      expect(refusal(altered)).toMatch(/^x\.r0t, byte \d+: expected /);
    }
  });

  test.each([
    ["magic", changed(0, 0), "x.r0t, byte 0: expected the magic bytes of a packed trace (89 52 30 54 0d 0a 1a 0a)"],
    ["version", changed(8, 2), "x.r0t, byte 8: expected version 1, found 2"],
    ["kind", changed(10, 9), "x.r0t, byte 10: expected kind 1 or 2, found 9"],
    ["compression", changed(11, 0), "x.r0t, byte 11: expected compression 1, found 0"],
  ])("of another %s are refused", (_, bytes, message) => {
    expect(refusal(bytes)).toBe(message);
  });

  test("with an altered or longer content are refused", () => {
    const bytes = encodeTrace(sampleTrace());
    expect(refusal(changed(60, 0))).toMatch(/^x\.r0t, byte 24: expected SHA-256 [0-9a-f]{64}, the content has /);
    expect(refusal(Buffer.concat([bytes, Buffer.of(1)]))).toBe(
      `x.r0t, byte ${bytes.length}: expected the end of the file, 1 bytes follow`,
    );
  });

  test.each([
    ["JSON", "{", /byte 56: expected the header as JSON in UTF-8/],
    ["every field", { ...header, program: undefined }, /byte 56: header field program: /],
    ["no other field", { ...header, extra: 1 }, /header field \(all\): .*extra/],
    ["a window at least", { ...header, windows: 0 }, /header field windows: /],
    ["a power of two", { ...header, pageBytes: 5000 }, /header field pageBytes: expected a power of two/],
    ["whole numbers", { ...header, accesses: 1.5 }, /header field accesses: /],
  ])("must have %s in the header", (_, altered, message) => {
    expect(refusal(pack(altered, body))).toMatch(message);
  });

  test.each([
    ["pages that do not rise", [...pages, 2, 0, 0], "to rise, page 0 comes twice"],
    ["a page out of range", [...pages, 2, 0, 3], "expected a page below 3 of window 0, found 3"],
    ["pages out of order of first touch", [...pages, 2, 0, 2], "numbered by first touch: page 2 before 1"],
    ["one page number twice", [14, 4, 3, ...body.slice(3)], "expected distinct page numbers, 7 comes twice"],
    ["a page number below 0", [13, 4, 1, ...body.slice(3)], "expected page number 0 below 2^52, found -7"],
    ["a window that is not full", [...pages, 2, 0, 1, 2, 1], "expected 4 fills in window 0, found 3"],
    ["an empty last window", [...pages, ...first, ...second, 0], "expected 1 to 4 fills in window 2, found 0"],
    ["an entry without traffic", [...pages, 2, 0, 1, 4, 0, 0, 0], "page 1 of window 0 to have a fill or a write-back"],
    ["a sum that differs", [...pages, ...first, ...second, 1, 0, 2, 0], "expected 9 fills in all, found 10"],
    [
      "an untouched page",
      [...pages, ...first, 2, 0, 1, 1, 3, 0, 0, ...third],
      "expected 3 pages to be touched, found 2",
    ],
    ["something behind it", [...body, 0], "expected the end of the body, 1 bytes follow"],
    ["an end too early", body.slice(0, -1), "expected a number of write-backs of window 2, the body ends here"],
    [
      "a long-winded varint",
      [...pages, 0x82, 0],
      "expected the number of entries of window 0 as a varint in its shortest form",
    ],
    [
      "too large a varint",
      [...pages, ...Array(9).fill(255)],
      "the number of entries of window 0 as a varint below 2^53",
    ],
  ])("are refused for %s", (_, altered, message) => {
    const text = refusal(pack(header, altered));
    expect(text).toMatch(/^x\.r0t, byte \d+ of the unpacked body: /);
    expect(text).toContain(message);
  });

  test("are refused for another length of the body than stated", () => {
    expect(refusal(pack(header, body, body.length + 1))).toContain("bytes of unpacked body, found");
    expect(refusal(pack(header, body, body.length - 1))).toContain("bytes of brotli-packed body");
  });

  test("carry the checksum that the file states", () => {
    const bytes = encodeTrace(sampleTrace());
    expect(traceChecksum(bytes)).toBe(Buffer.from(bytes.subarray(24, 56)).toString("hex"));
  });
});

describe("encodeTrace refuses", () => {
  const trace = sampleTrace();
  test.each<[string, HistogramTrace]>([
    ["unsorted pages", { ...trace, page: trace.page.toReversed() }],
    ["sums that differ from the header", { ...trace, header: { ...trace.header, accesses: 8 } }],
    ["a missing page number", { ...trace, pageNumbers: trace.pageNumbers.slice(1) }],
    ["zero windows", { ...trace, windowStart: Uint32Array.of(0), header: { ...trace.header, windows: 0 } }],
  ])("%s", (_, altered) => {
    expect(() => encodeTrace(altered)).toThrow(TraceFormatError);
  });
});
