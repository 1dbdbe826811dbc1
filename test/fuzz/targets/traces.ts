import fc from "fast-check";
import { openAccessFile } from "../../../harness/problems/readahead.ts";
import { openHistogramFile } from "../../../harness/problems/tiering.ts";
import { judged } from "../../../harness/run/settings.ts";
import { describeTrace } from "../../../harness/run/trace_commands.ts";
import { writeAccesses } from "../../../workloads/format/access_body.ts";
import { writeHistogram } from "../../../workloads/format/histogram_body.ts";
import { encodeTrace, type Trace } from "../../../workloads/format/trace_format.ts";
import { sampleAccesses } from "../../workloads/format/access_traces.ts";
import { sampleTrace } from "../../workloads/format/traces.ts";
import { damagedBytes, damagedJson } from "../mutations.ts";
import { resealed, sealedTrace } from "../sealed.ts";
import type { Target } from "../target.ts";

const TRACES: readonly Trace[] = [sampleTrace(), sampleAccesses()];

const packed = damagedBytes(TRACES.map(encodeTrace));

const rebuilt = fc.constantFrom(...TRACES).chain((trace) => {
  const body = trace.kind === "histogram" ? writeHistogram(trace) : writeAccesses(trace);
  return fc
    .tuple(
      fc.oneof(fc.constant(Buffer.from(JSON.stringify(trace.header))), damagedJson([trace.header])),
      fc.oneof(fc.constant(Buffer.from(body)), damagedBytes([body])),
      fc.oneof(fc.constant(trace.kind === "histogram" ? 1 : 2), fc.nat(3)),
    )
    .map(([header, bytes, kind]) => sealedTrace(kind, header, bytes));
});

/** Traces of few bytes and many accesses or pages. */
const large = fc
  .record({
    accesses: fc.constantFrom(1, 1000, 100_000, 2 ** 20, 2 ** 22, 2 ** 22 + 1, 2 ** 32 - 1),
    pages: fc.constantFrom(1, 2, 1000, 2 ** 20, 2 ** 20 + 1, 2 ** 32 - 1),
    bytes: fc.constantFrom(10, 1e6, 1e7, 2e7),
    fill: fc.constantFrom(0, 1, 2, 127, 128, 130),
  })
  .map(({ accesses, pages, bytes, fill }) => {
    const { header } = sampleAccesses();
    const text = JSON.stringify({ ...header, accesses, pages, threads: 1, programCounters: 1, vmas: 1 });
    return sealedTrace(2, Buffer.from(text), Buffer.alloc(bytes, fill));
  });

const file = fc.oneof(
  { weight: 4, arbitrary: packed },
  { weight: 4, arbitrary: packed.map(resealed) },
  { weight: 12, arbitrary: rebuilt },
  { weight: 1, arbitrary: large },
);

export const traces: readonly Target[] = [
  {
    name: "packed traces",
    inputs: file.map((bytes) => ({ files: { "x.r0t": bytes } })),
    run() {
      const { kind } = describeTrace("x.r0t");
      judged(() => (kind === "histogram" ? openHistogramFile("x.r0t") : openAccessFile("x.r0t")));
    },
  },
];
