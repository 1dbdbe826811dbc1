import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { TraceFormatError } from "../../../workloads/format/trace_format_error.ts";
import { RawAccessReader } from "../../../workloads/recorder/raw_access_reader.ts";
import { readRawAccesses } from "../../../workloads/recorder/read_accesses.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { sampleAccesses } from "../format/access_traces.ts";

const LABELS = { name: "sample", program: "sample 1.0", command: "sample --run", method: "tsan hooks" };
const HEAD = ["ring0-raw-accesses 1", "page_bytes 4096", "stack_depth 16", "skipped 0"];
const BODY = ["68 400 0 0 0", "66 410 0 200 1", "1388 400 1 5 1", "1389 400 1 1 0", "69 420 0 0 0"];
const GOOD = [...HEAD, ...BODY, "vma 64 10", "vma 12c 5", "vma 1388 2", "end 5"];

function refusal(lines: readonly string[]): string {
  const reader = new RawAccessReader("x.raw");
  try {
    for (const line of lines) reader.push(line);
    reader.finish(LABELS);
  } catch (error) {
    expect(error).toBeInstanceOf(TraceFormatError);
    return (error as Error).message;
  }
  throw new Error("the text was not refused");
}

describe("raw page accesses", () => {
  test("are read", () => {
    const reader = new RawAccessReader();
    for (const line of GOOD) reader.push(line);
    expect(reader.finish(LABELS)).toEqual(sampleAccesses());
  });

  test("can be cut", async () => {
    const file = join(temporaryFolder(), "x.raw");
    writeFileSync(file, `${GOOD.with(3, "skipped 10").join("\n")}\n`);
    const trace = await readRawAccesses(file, LABELS, { skip: 1, keep: 2 });
    expect(trace.header).toMatchObject({ skipped: 11, accesses: 2, threads: 2, programCounters: 2, vmas: 2 });
    await expect(readRawAccesses(file, LABELS, { skip: 5 })).rejects.toThrow(
      `${file}:13: expected more than 5 accesses, to leave that many out, found 5`,
    );
  });

  test("keep at most 16 threads and 65,536 program counters", () => {
    const reader = new RawAccessReader();
    for (const line of HEAD) reader.push(line);
    for (let i = 0; i < 66_000; i++) reader.push(`1 ${i.toString(16)} ${i % 20} 0 0`);
    reader.push("end 66000");
    const { header, thread, pc, vmas } = reader.finish(LABELS);
    expect(header).toMatchObject({ threads: 16, programCounters: 65_536 });
    expect([thread[15], thread[19], thread[16]]).toEqual([15, 15, 15]);
    expect([pc[65_535], pc[65_999]]).toEqual([65_535, 65_535]);
    expect(vmas).toEqual([{ start: 1, pages: 1 }]);
  });

  test("put pages without a mapping into ranges, apart where more than 64 pages are not used", () => {
    const reader = new RawAccessReader();
    for (const line of HEAD) reader.push(line);
    for (const page of [0x100, 0x141, 0x183, 0x190, 0x1a0]) reader.push(`${page.toString(16)} 1 0 0 0`);
    for (const line of ["vma 192 4", "end 5"]) reader.push(line);
    // 64 unused pages before 141, 65 before 183; a mapping lies before 1a0, though none of its pages is used.
    expect(reader.finish(LABELS).vmas).toEqual([
      { start: 0x100, pages: 0x42 },
      { start: 0x183, pages: 0xe },
      { start: 0x1a0, pages: 1 },
    ]);
  });

  test.each([
    ["a histogram", GOOD.with(0, "ring0-raw 1"), 'x.raw:1: expected "ring0-raw-accesses 1", found "ring0-raw 1"'],
    ["an odd page size", GOOD.with(1, "page_bytes 5000"), "x.raw:2: expected a power of two"],
    ["no depth", GOOD.with(2, "stack_depth 0"), "x.raw:3: expected a depth of at least 1"],
    ["no number", GOOD.with(3, "skipped x"), 'x.raw:4: expected "skipped N", found "skipped x"'],
    ["another write flag", GOOD.with(4, "68 400 0 0 2"), 'x.raw:5: expected "PAGE_IN_HEX PC_IN_HEX THREAD WORK 0|1"'],
    ["an access behind a mapping", GOOD.with(10, "68 400 0 0 0"), "x.raw:11: expected"],
    ["a malformed mapping", GOOD.with(9, "vma 64 0"), 'x.raw:10: expected "vma PAGE_IN_HEX PAGES"'],
    ["overlapping mappings", GOOD.with(10, "vma 65 5"), "x.raw:11: expected a range from page 6e on"],
    ["another count", GOOD.with(12, "end 6"), 'x.raw:13: expected "end 5", found "end 6"'],
    ["something behind the end", [...GOOD, "end 5"], 'x.raw:14: expected nothing after the "end" line'],
    ["a missing end", GOOD.slice(0, -1), 'x.raw:13: expected an "end" line'],
    ["no access", [...HEAD, "end 0"], "x.raw:5: expected more than 0 accesses"],
  ])("are refused for %s", (_, lines, message) => {
    expect(refusal(lines)).toContain(message);
  });
});
