import { createHash } from "node:crypto";
import { brotliCompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AccessTrace } from "../../../workloads/format/access_trace.ts";
import {
  decodeAccessTrace,
  decodeHistogramTrace,
  decodeTrace,
  encodeTrace,
} from "../../../workloads/format/trace_format.ts";
import { TraceFormatError } from "../../../workloads/format/trace_format_error.ts";
import { anyAccessTrace, sampleAccesses } from "./access_traces.ts";
import { sampleTrace } from "./traces.ts";

const { header } = sampleAccesses();
// Ranges at 100 (10 pages) and 5000 (2 pages) as signed distance from the last end and length.
const ranges = [0xc8, 1, 10, 0xb4, 0x4c, 2];
// Page numbers 102, 104, 105, 5000, 5001 as signed differences.
const numbers = [0xcc, 1, 4, 2, 0xbe, 0x4c, 2];
// Thread and length of each run.
const threads = [0, 2, 1, 2, 0, 1];
// Program counters of thread 0 (0, 1, 2) and thread 1 (0, 0), doubled, with write flags.
const pcs = [0, 3, 4, 1, 0];
// Pages of thread 0 (1, 0, 2) and thread 1 (3, 4) as signed differences from the last of the same program counter.
const pages = [2, 0, 4, 6, 2];
const work = [0, 0xc8, 1, 0, 5, 1];
const body = [...ranges, ...numbers, ...threads, ...pcs, ...pages, ...work];

/** A packed trace around any header and body, with lengths and checksum that fit. */
function pack(anyHeader: unknown, anyBody: readonly number[]): Buffer {
  const text = Buffer.from(JSON.stringify(anyHeader));
  const packed = brotliCompressSync(Uint8Array.from(anyBody));
  const bytes = Buffer.alloc(56 + text.length + packed.length);
  bytes.set(encodeTrace(sampleAccesses()).subarray(0, 12));
  bytes.writeUInt32LE(text.length, 12);
  bytes.writeUInt32LE(packed.length, 16);
  bytes.writeUInt32LE(anyBody.length, 20);
  bytes.set(text, 56);
  bytes.set(packed, 56 + text.length);
  bytes.set(createHash("sha256").update(bytes.subarray(0, 24)).update(bytes.subarray(56)).digest(), 24);
  return bytes;
}

function refusal(bytes: Uint8Array): string {
  try {
    decodeTrace(bytes, "x.r0t");
  } catch (error) {
    expect(error).toBeInstanceOf(TraceFormatError);
    return (error as Error).message;
  }
  throw new Error("the trace was not refused");
}

describe("packed page accesses", () => {
  test("come back as they were", () => {
    fc.assert(
      fc.property(anyAccessTrace, (trace) => {
        expect(decodeAccessTrace(encodeTrace(trace))).toEqual(trace);
      }),
      { numRuns: 200 },
    );
  });

  test("have the bytes that the documentation describes", () => {
    expect(decodeTrace(pack(header, body))).toEqual(sampleAccesses());
  });

  test("are refused wherever they are cut", () => {
    const bytes = encodeTrace(sampleAccesses());
    for (let length = 0; length < bytes.length; length++) {
      expect(refusal(bytes.subarray(0, length))).toMatch(/^x\.r0t, byte \d+: expected /);
    }
  });

  test("are refused whichever bit is altered", () => {
    const bytes = encodeTrace(sampleAccesses());
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const altered = Buffer.from(bytes);
      altered[bit >> 3]! ^= 1 << (bit & 7);
      expect(refusal(altered)).toMatch(/^x\.r0t, byte \d+: expected /);
    }
  });

  test("are not taken for a histogram, nor a histogram for them", () => {
    expect(() => decodeHistogramTrace(encodeTrace(sampleAccesses()), "x.r0t")).toThrow(
      "x.r0t, byte 10: expected kind 1 (histogram), found 2 (accesses)",
    );
    expect(() => decodeAccessTrace(encodeTrace(sampleTrace()), "x.r0t")).toThrow(
      "x.r0t, byte 10: expected kind 2 (accesses), found 1 (histogram)",
    );
  });

  test.each([
    ["every field", { ...header, stackDepth: undefined }, /byte 56: header field stackDepth: /],
    ["no other field", { ...header, extra: 1 }, /header field \(all\): .*extra/],
    ["at most 16 threads", { ...header, threads: 17 }, /header field threads: /],
    ["at most 65,536 program counters", { ...header, programCounters: 65_537 }, /header field programCounters: /],
    ["no more pages than bytes", { ...header, pages: 1e6 }, /byte 0 of the unpacked body: expected at least 1000019 /],
  ])("must have %s in the header", (_, altered, message) => {
    expect(refusal(pack(altered, body))).toMatch(message);
  });

  const tail = [...threads, ...pcs, ...pages, ...work];
  test.each([
    [
      "overlapping ranges",
      [0xc8, 1, 10, 1, 2, ...numbers, ...tail, 0],
      "expected mapped range 1 at page 110 or behind",
    ],
    ["an empty range", [0xc8, 1, 0, 0xb4, 0x4c, 2, ...numbers, ...tail], "expected a length of at least 1 page"],
    ["pages that do not rise", [...ranges, 0xcc, 1, 0, 2, 2, 2, ...tail, 0], "to rise, found 102 after 102"],
    ["a page in no range", [...ranges, 0xcc, 1, 40, 2, 2, 2, ...tail, 0], "none outside them, found page 122"],
    ["a range without a page", [...ranges, 0xcc, 1, 2, 2, 2, 2, ...tail, 0], "found none of range 1 at page 5000"],
    ["a thread out of range", [...ranges, ...numbers, 0, 2, 2, ...Array(20).fill(1)], "expected a thread below 2"],
    ["threads out of order", [...ranges, ...numbers, 1, ...Array(20).fill(1)], "by first access: thread 1 before 0"],
    ["a run cut in two", [...ranges, ...numbers, 0, 1, 0, ...Array(20).fill(1)], "another thread than 0 at access 1"],
    ["too long a run", [...ranges, ...numbers, 0, 6, ...Array(20).fill(1)], "expected 1 to 5 accesses in a row"],
    ["a missing thread", [...ranges, ...numbers, 0, 5, ...Array(20).fill(1)], "expected 2 threads, found 1"],
    [
      "a page out of range",
      [...ranges, ...numbers, ...threads, ...pcs, 10, ...Array(9).fill(0)],
      "page below 5 in access 0",
    ],
    ["an unused page", [...ranges, ...numbers, ...threads, ...pcs, 2, ...Array(10).fill(0)], "found none of page 2"],
    [
      "a program counter out of range",
      [...ranges, ...numbers, ...threads, 6, ...Array(15).fill(0)],
      "expected a program counter below 3 in access 0, found 3",
    ],
    [
      "an unused program counter",
      [...ranges, ...numbers, ...threads, ...Array(16).fill(0)],
      "found none of program counter 1",
    ],
    ["an end too early", body.slice(0, -1), "expected the work before access 3, the body ends here"],
    ["something behind it", [...body, 0], "expected the end of the body, 1 bytes follow"],
  ])("are refused for %s", (_, altered, message) => {
    const text = refusal(pack(header, altered));
    expect(text).toMatch(/^x\.r0t, byte \d+ of the unpacked body: /);
    expect(text).toContain(message);
  });
});

describe("encodeTrace refuses page accesses", () => {
  const trace = sampleAccesses();
  test.each<[string, AccessTrace]>([
    ["with columns of different lengths", { ...trace, work: trace.work.slice(1) }],
    ["with a write flag that is neither 0 nor 1", { ...trace, write: Uint8Array.of(0, 1, 2, 0, 0) }],
    ["with a page out of range", { ...trace, page: Uint32Array.of(1, 0, 3, 4, 5) }],
    ["with other counts than the header's", { ...trace, header: { ...trace.header, programCounters: 4 } }],
    ["with ranges that overlap", { ...trace, vmas: [trace.vmas[1]!, trace.vmas[0]!] }],
  ])("%s", (_, altered) => {
    expect(() => encodeTrace(altered)).toThrow(TraceFormatError);
  });
});
