import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AccessTrace } from "../../../workloads/format/access_trace.ts";
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

  test.each([
    ["blanks at the end", " L 1000,8 \n S 1008,8\t\n"],
    ["line ends of either kind", "==7== x\r\n L 1000,8\r\n S 1008,8\n"],
    ["carriage returns alone", "==7== x\r L 1000,8\r S 1008,8\r"],
    ["a byte-order mark", "\uFEFF L 1000,8\n S 1008,8\n"],
    ["superblocks", "SB 00401000\n L 1000,8\n S 1008,8\n"],
    ["no last line end", " L 1000,8\n S 1008,8"],
    [
      "lines of the program",
      " L 1000,8\nsum 42\n\nL 1,2\n S 1008,8\n L\n",
      'skipped 3 lines that are no accesses, first: "sum 42" (line 2)',
    ],
    [
      "threads",
      "--7--   SCHED[2]: x\n L 1000,8\n S 1008,8\n",
      "the program had several threads, which the recording cannot tell apart: they count as one",
    ],
    ["an instruction of the kernel", "I  ffffffffff600000,7\n L 1000,8\n S 1008,8\n"],
  ])("is read with %s", async (_, text, ...notes) => {
    const folder = temporaryFolder();
    for (const [name, bytes] of [
      ["plain", Buffer.from(text)],
      ["packed", gzipSync(text)],
    ] as const) {
      const [input, output] = [join(folder, name), join(folder, `${name}.r0t`)];
      writeFileSync(input, bytes);
      const found: string[] = [];
      await importTrace({ kind: "accesses", input, output, onNote: (note) => found.push(note) });
      const trace = decodeTrace(readFileSync(output)) as AccessTrace;
      expect([[...trace.pageNumbers], [...trace.write], found]).toEqual([[1], [0, 1], notes]);
    }
  });

  test("says why an address is too large, strict or not", async () => {
    const input = join(temporaryFolder(), "x.txt");
    writeFileSync(input, " L ffffffffffffffff,8\n");
    for (const strict of [false, true]) {
      await expect(importTrace({ input, output: `${input}.r0t`, strict })).rejects.toThrow(
        /x\.txt:1: .* found " L ffffffffffffffff,8"; an address must be below 2\^53/,
      );
    }
  });

  test("is refused without its noise where that is wanted, packed and damaged, or of no access", async () => {
    const folder = temporaryFolder();
    const refused = async (bytes: Uint8Array | string, strict = false) => {
      const input = join(folder, "x.txt");
      writeFileSync(input, bytes);
      const notes: string[] = [];
      const message = await importTrace({
        input,
        output: `${input}.r0t`,
        strict,
        onNote: (note) => notes.push(note),
      }).then(
        () => "",
        (error: Error) => error.message,
      );
      expect([notes, existsSync(`${input}.r0t`)]).toEqual([[], false]);
      return message;
    };
    expect(await refused(" L 1000,8\nsum 42\n", true)).toMatch(/x\.txt:2: expected .* found "sum 42"/);
    expect(await refused(gzipSync(" L 1000,8\n".repeat(99)).subarray(0, 25))).toMatch(/x\.txt: damaged gzip file: /);
    expect(await refused("sum 42\n")).toMatch(/at least one data access; skipped 1 line that is no accesses, first/);
    expect(await refused("")).toMatch(/x\.txt: expected memory accesses, the file is empty/);
    expect(await refused("128000000000000001,vol,0,Read,4096,8192,300\n")).toMatch(
      /no recording that can be converted .*it looks like a block trace in the format of MSR Cambridge: it cannot be read/,
    );
  });
});

describe("memory accesses of other programs", () => {
  test.each([
    ["pin", "0x401000: R 0x602000\n0x401004: W 0x602008\n#eof\n"],
    ["dinero", "2 401000\n0 602000\n1 602008\n"],
    [
      "memtrace",
      "Format: <data address>: <data size>, <(r)ead/(w)rite/opcode>\n0x401000:  3, mov\n0x602000:  8, r\n0x602008:  8, w\n",
    ],
    [
      "drmemtrace",
      "           1           0:        1234 <marker: version 3>\n           2           1:        1234 ifetch       3 byte(s) @ 0x0000000000401000 48 89 e7 mov\n           3           1:        1234 read         8 byte(s) @ 0x0000000000602000 by PC 0x0000000000401000\n           4           1:        1234 write        8 byte(s) @ 0x0000000000602008 by PC 0x0000000000401000\n",
    ],
  ])("%s becomes page accesses in order", async (name, text) => {
    const input = join(temporaryFolder(), "x.out");
    writeFileSync(input, `${text}noise\n`);
    const notes: string[] = [];
    await importTrace({ kind: "accesses", input, output: `${input}.r0t`, onNote: (note) => notes.push(note) });
    const trace = decodeTrace(readFileSync(`${input}.r0t`)) as AccessTrace;
    expect([[...trace.pageNumbers], [...trace.write], trace.header.threads]).toEqual([[0x602], [0, 1], 1]);
    expect(notes[0]).toMatch(new RegExp(`, format ${name}$`));
    expect(notes[1]).toMatch(/^skipped 1 line that is no accesses, first: "noise"/);
    const refused = importTrace({ kind: "accesses", input, output: `${input}.2.r0t`, strict: true });
    await expect(refused).rejects.toThrow(/x\.out:\d: expected ".*, found "noise"/);
  });

  test("tells threads apart where the format does", async () => {
    const input = join(temporaryFolder(), "x.out");
    const line = (i: number, thread: number, page: string) =>
      `${i} ${i}: ${thread} read 8 byte(s) @ 0x${page}000 by PC 0x401000\n`;
    writeFileSync(input, line(1, 7, "602") + line(2, 8, "602") + line(3, 7, "602") + line(4, 8, "603"));
    await importTrace({ kind: "accesses", input, output: `${input}.r0t` });
    const trace = decodeTrace(readFileSync(`${input}.r0t`)) as AccessTrace;
    expect([...trace.thread]).toEqual([0, 1, 1]);
  });
});
