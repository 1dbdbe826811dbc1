import fc from "fast-check";
import type { HistogramTrace } from "../../../workloads/format/histogram_trace.ts";
import { HistogramTraceBuilder } from "../../../workloads/recorder/histogram_trace_builder.ts";

const LABELS = { name: "sample", program: "sample 1.0", command: "sample --run", method: "tsan hooks" };
const FILTER = { lineBytes: 64, sets: 256, ways: 16 };

/** A trace from a list of traffic: page number, and whether it is a write-back. */
export function traceOf(traffic: Iterable<readonly [number, boolean]>, windowAccesses = 4): HistogramTrace {
  const builder = new HistogramTraceBuilder(4096, FILTER, windowAccesses);
  for (const [page, back] of traffic) {
    if (back) builder.writeBack(page);
    else builder.fill(page);
  }
  return builder.finish(LABELS);
}

/** Three windows: pages 7, 9, 7, 7 with a write-back of 9; then 8, 9, 8, 8; then 7 alone. */
export function sampleTrace(): HistogramTrace {
  const fills = [7, 9, 7, 7, 8, 9, 8, 8, 7].map((page) => [page, false] as const);
  return traceOf([...fills.slice(0, 3), [9, true], ...fills.slice(3)]);
}

/** Any trace of up to 300 events over up to 40 pages anywhere below 2^52. */
export const anyTrace: fc.Arbitrary<HistogramTrace> = fc
  .record({
    pages: fc.uniqueArray(fc.integer({ min: 0, max: 2 ** 52 - 1 }), { minLength: 1, maxLength: 40 }),
    first: fc.nat(39),
    events: fc.array(fc.tuple(fc.nat(39), fc.boolean()), { maxLength: 300 }),
    windowAccesses: fc.integer({ min: 1, max: 50 }),
  })
  .map(({ pages, first, events, windowAccesses }) => {
    const touched = new Set<number>();
    const traffic = [[first, false] as const, ...events].map(([index, back]) => {
      const page = pages[index % pages.length]!;
      // A line is written back only after it was fetched.
      const entry = [page, back && touched.has(page)] as const;
      touched.add(page);
      return entry;
    });
    return traceOf(traffic, windowAccesses);
  });
