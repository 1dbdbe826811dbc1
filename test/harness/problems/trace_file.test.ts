import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openAccessFile } from "../../../harness/problems/readahead.ts";
import { openHistogramFile } from "../../../harness/problems/tiering.ts";
import { UsageError } from "../../../harness/run/usage_error.ts";
import { encodeTrace } from "../../../workloads/format/trace_format.ts";
import { accessTraceWorkload } from "../../../workloads/readahead/access_trace_workload.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { sampleAccesses } from "../../workloads/format/access_traces.ts";
import { sampleTrace } from "../../workloads/format/traces.ts";

it("opens trace files of the kind that the subsystem runs on", () => {
  const folder = temporaryFolder();
  const [accesses, histogram, empty] = ["a.r0t", "h.r0t", "folder"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(accesses, encodeTrace(sampleAccesses()));
  writeFileSync(histogram, encodeTrace(sampleTrace()));
  mkdirSync(empty);
  expect(openAccessFile(accesses)).toEqual(accessTraceWorkload(sampleAccesses()));
  expect(openAccessFile(accesses, { first: 4 })!.footprint).toBe(1);
  expect(openHistogramFile(histogram)!.name).toBe("sample");
  expect(() => openAccessFile(histogram)).toThrow(
    new UsageError(`${histogram} holds a histogram; here it must be page accesses in order (trace --kind accesses)`),
  );
  expect(() => openHistogramFile(accesses)).toThrow(
    new UsageError(`${accesses} holds page accesses in order; here it must be a histogram (trace --kind histogram)`),
  );
  expect(openAccessFile("sqlite")).toBe(null);
  expect(() => openAccessFile("none.r0t")).toThrow(UsageError);
  expect(() => openAccessFile(empty)).toThrow(`${empty} is not a trace file`);
});
