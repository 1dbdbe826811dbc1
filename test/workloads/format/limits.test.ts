import { describe, expect, it } from "vitest";
import { MOST_ACCESSES, MOST_BODY_BYTES, MOST_PAGES, MOST_RANGES } from "../../../workloads/format/limits.ts";
import { decodeTrace } from "../../../workloads/format/trace_format.ts";
import { TraceFormatError } from "../../../workloads/format/trace_format_error.ts";
import { accessTraceWorkload } from "../../../workloads/readahead/access_trace_workload.ts";
import { AccessTraceBuilder } from "../../../workloads/recorder/access_trace_builder.ts";
import { HistogramTraceBuilder } from "../../../workloads/recorder/histogram_trace_builder.ts";
import { sealedTrace } from "../../fuzz/sealed.ts";
import { accessTraceOf } from "./access_traces.ts";

const LABELS = { name: "x", program: "x", command: "x", method: "x", pageBytes: 4096 };

/** Accesses of one page by two threads in turn, all columns filled with zeros. */
function accesses(count: number, body = 3 + 4 * count): Buffer {
  const header = { ...LABELS, stackDepth: 16, skipped: 0, threads: 2, accesses: count, pages: 1, programCounters: 1 };
  const bytes = Buffer.alloc(body + count);
  bytes[1] = 1;
  for (let i = 0; i < count && 4 + 2 * i < bytes.length; i++) {
    bytes[3 + 2 * i] = i % 2;
    bytes[4 + 2 * i] = 1;
  }
  return sealedTrace(2, Buffer.from(JSON.stringify({ ...header, vmas: 1 })), bytes);
}

describe("a small file that becomes large", () => {
  it("is answered within the limits", () => {
    const bytes = accesses(MOST_ACCESSES);
    expect(bytes.length).toBeLessThan(5000);
    const before = process.memoryUsage().arrayBuffers;
    expect(decodeTrace(bytes).header.accesses).toBe(MOST_ACCESSES);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200e6);
  });

  it.each([
    [
      "accesses",
      accesses(MOST_ACCESSES + 1, 0),
      `header field accesses: expected a whole number from 1 to ${MOST_ACCESSES}`,
    ],
    ["the body", accesses(1, MOST_BODY_BYTES + 1), `expected the unpacked body in ${MOST_BODY_BYTES} bytes, found`],
    [
      "the header",
      sealedTrace(2, Buffer.alloc(300_000, 32), Buffer.alloc(9)),
      "expected the header in 262144 bytes, found 300000",
    ],
    [
      "nesting",
      sealedTrace(2, Buffer.from("[".repeat(20_000)), Buffer.alloc(9)),
      "expected the header as JSON in UTF-8: JSON is nested 20000 levels deep",
    ],
  ])("is refused for %s above the limit", (_, bytes, message) => {
    expect(() => decodeTrace(bytes, "x.r0t")).toThrow(TraceFormatError);
    expect(() => decodeTrace(bytes, "x.r0t")).toThrow(message);
  });

  it("is refused as a workload whose VMAs have too many pages", () => {
    const trace = accessTraceOf(Array.from({ length: 70_000 }, (_, i) => [0, 64 * i, false, 1, 0] as const));
    expect(() => accessTraceWorkload(trace)).toThrow(
      "the VMAs of a workload have at most 4194304 pages, those of sample",
    );
  });
});

describe("recordings are refused before they take more than a trace can hold", () => {
  it("pages of a histogram", () => {
    const builder = new HistogramTraceBuilder(4096, { lineBytes: 64, sets: 1, ways: 1 }, 2 ** 30);
    for (let page = 0; page < MOST_PAGES; page++) builder.fill(page);
    expect(() => builder.fill(MOST_PAGES)).toThrow(`at most ${MOST_PAGES} pages: --page-bytes`);
  });

  it("accesses", () => {
    const builder = new AccessTraceBuilder({ pageBytes: 4096, stackDepth: 1 });
    for (let i = 0; i < MOST_ACCESSES; i++) builder.add(0, i & 1, false, 0, 0);
    expect(() => builder.add(0, 0, false, 0, 0)).toThrow(`at most ${MOST_ACCESSES} accesses: --skip and --keep`);
  });

  it("mapped ranges", () => {
    const builder = new AccessTraceBuilder({ pageBytes: 4096, stackDepth: 1 });
    for (let i = 0; i <= MOST_RANGES; i++) builder.add(0, 100 * i, false, 0, 0);
    expect(() => builder.finish(LABELS, [])).toThrow(`at most ${MOST_RANGES} mapped ranges, here ${MOST_RANGES + 1}`);
  });
});
