import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeTrace } from "../../../workloads/format/trace_format.ts";
import { TraceFormatError } from "../../../workloads/format/trace_format_error.ts";
import { HistogramTraceBuilder } from "../../../workloads/recorder/histogram_trace_builder.ts";
import { importTrace } from "../../../workloads/recorder/import_trace.ts";
import { LackeyReader } from "../../../workloads/recorder/lackey_reader.ts";
import { LlcFilter } from "../../../workloads/recorder/llc_filter.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

const FILTER = { lineBytes: 64, sets: 1, ways: 2 };
const LABELS = { name: "n", program: "p", command: "c", method: "valgrind lackey" };

// The cache has two lines. Line 0 of page 1 is read, then dirtied; line 1 of page 1 and the next line evict line 0.
const SAMPLE = `==77== Lackey, an example Valgrind tool
I  04016b80,3
 L 1000,8
 M 1004,4
I  04016b83,5
 S 103c,8
 L 2000,4
==77== Exit code:       0
`;

function read(chunks: readonly Uint8Array[]): unknown {
  const builder = new HistogramTraceBuilder(4096, FILTER, 2);
  const reader = new LackeyReader(new LlcFilter(FILTER, 4096, builder), "x.txt");
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return builder.finish(LABELS);
}

describe("lackey's text", () => {
  test("becomes fills and write-backs by page", async () => {
    const folder = temporaryFolder();
    const input = join(folder, "lackey.txt");
    const output = join(folder, "small.r0t");
    writeFileSync(input, SAMPLE);
    const options = { format: "lackey", input, output, filter: FILTER, windowAccesses: 2, command: "true" } as const;
    expect(await importTrace(options)).toMatchObject({
      name: "small",
      command: "true",
      accesses: 3,
      pages: 2,
      windows: 2,
    });
    expect(decodeTrace(readFileSync(output))).toMatchObject({
      pageNumbers: Float64Array.of(1, 2),
      windowStart: Uint32Array.of(0, 1, 3),
      page: Uint32Array.of(0, 0, 1),
      fills: Uint32Array.of(2, 0, 1),
      writeBacks: Uint32Array.of(0, 1, 0),
    });
  });

  test("reads the same however it is cut into chunks", () => {
    const bytes = Buffer.from(SAMPLE);
    const whole = read([bytes]);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 6 }), (cuts) => {
        const edges = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        expect(read(edges.slice(1).map((edge, i) => bytes.subarray(edges[i], edge)))).toEqual(whole);
      }),
    );
  });

  test.each([
    ["another word", " X 1000,8"],
    ["no size", " L 1000"],
    ["an empty size", " L 1000,"],
    ["an empty address", " L ,8"],
    ["a size of 0", " L 1000,0"],
    ["an address that is not hex", " L 10g0,8"],
    ["a size that is not a number", " L 1000,8x"],
    ["an impossible size", " L 1000,99999999"],
    ["too high an address", " L ffffffffffffffff,8"],
    ["a missing space", "L 1000,8"],
    ["output of the program", "hello"],
    ["nothing on the line", ""],
    ["an instruction of one space", "I 1000,8 "],
  ])("is refused at the line with %s", (_, line) => {
    const text = `==1== chatter\n L 1000,8\n${line}\n L 2000,8\n`;
    expect(() => read([Buffer.from(text)])).toThrow(TraceFormatError);
    expect(() => read([Buffer.from(text)])).toThrow(
      `x.txt:3: expected "I  addr,size", " L addr,size", " S addr,size", " M addr,size" or "==pid== ...", found ${JSON.stringify(line)}`,
    );
  });

  test("is refused when it ends in the middle of a line, or is empty", () => {
    expect(() => read([Buffer.from(" L 1000,8\n L 2000,")])).toThrow(
      "x.txt:2: expected a line end, the text ends here",
    );
    expect(() => read([])).toThrow("x.txt:1: expected a line end, the text ends here");
  });

  test("is refused without a data access, and leaves nothing behind", async () => {
    const folder = temporaryFolder();
    const input = join(folder, "lackey.txt");
    writeFileSync(input, "I  04016b80,3\n");
    const output = join(folder, "none.r0t");
    await expect(importTrace({ format: "lackey", input, output })).rejects.toThrow("expected at least one data access");
    expect(() => readFileSync(output)).toThrow("ENOENT");
  });
});
