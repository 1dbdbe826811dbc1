import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { TraceFormatError } from "../../../workloads/format/trace_format_error.ts";
import { importTrace } from "../../../workloads/recorder/import_trace.ts";
import { RawHistogramReader } from "../../../workloads/recorder/raw_histogram_reader.ts";
import { OutputExistsError } from "../../../workloads/recorder/trace_file.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

const HEAD = ["ring0-raw 1", "page_bytes 4096", "filter 64 256 16", "window_accesses 4"];
const GOOD = [...HEAD, "window", "7f00 3 0", "7eff 1 2", "window", "7eff 2 0", "end 2 6"];
const LABELS = { name: "n", program: "p", command: "c", method: "tsan hooks" };

function read(lines: readonly string[]): unknown {
  const reader = new RawHistogramReader("x.raw");
  for (const line of lines) reader.push(line);
  return reader.finish(LABELS);
}

describe("raw traces", () => {
  test("are read with pages by first touch", () => {
    expect(read(GOOD)).toMatchObject({
      header: { pages: 2, windows: 2, accesses: 6, windowAccesses: 4 },
      pageNumbers: Float64Array.of(0x7f00, 0x7eff),
      page: Uint32Array.of(0, 1, 1),
      fills: Uint32Array.of(3, 1, 2),
      writeBacks: Uint32Array.of(0, 2, 0),
    });
  });

  test.each<[string, readonly string[], string]>([
    ["another first line", ["ring0-raw 2"], 'x.raw:1: expected "ring0-raw 1", found "ring0-raw 2"'],
    ["a page size of 0", [HEAD[0]!, "page_bytes 0"], 'x.raw:2: expected "page_bytes BYTES"'],
    ["half a filter", [...HEAD.slice(0, 2), "filter 64 256"], 'x.raw:3: expected "filter LINE_BYTES SETS WAYS"'],
    ["an entry before a window", [...HEAD, "7f00 3 0"], "x.raw:5: expected"],
    ["an entry that is not one", [...HEAD, "window", "7f00 3"], 'x.raw:6: expected "window"'],
    ["an entry of nothing", [...HEAD, "window", "7f00 0 0"], "x.raw:6: expected a fill or a write-back"],
    ["a page twice", [...HEAD, "window", "7f 1 0", "7f 1 0"], "x.raw:7: expected each page once in a window"],
    ["a window that is not full", [...HEAD, "window", "7f 3 0", "window"], "x.raw:7: expected 4 fills"],
    ["no window", [...HEAD, "end 0 0"], "x.raw:5: expected"],
    ["too full a window", [...HEAD, "window", "7f 5 0", "end 1 5"], "x.raw:7: expected 1 to 4 fills"],
    ["another sum", [...HEAD, "window", "7f 3 0", "end 1 4"], 'x.raw:7: expected "end 1 3"'],
    ["lines behind the end", [...GOOD, "window"], 'x.raw:11: expected nothing after the "end" line'],
    ["a missing end", GOOD.slice(0, -1), 'x.raw:10: expected an "end" line'],
    ["nothing in it", [], 'x.raw:1: expected an "end" line'],
  ])("are refused for %s", (_, lines, message) => {
    expect(() => read(lines)).toThrow(TraceFormatError);
    expect(() => read(lines)).toThrow(message);
  });

  test("are packed, with at most the windows asked for", async () => {
    const folder = temporaryFolder();
    const input = join(folder, "in.raw");
    const output = join(folder, "out.r0t");
    writeFileSync(input, `${GOOD.join("\n")}\n`);
    const facts = await importTrace({ format: "raw", input, output, name: "sample", program: "p 1", maxWindows: 1 });
    expect(facts).toEqual({
      file: output,
      name: "sample",
      kind: "histogram",
      program: "p 1",
      command: "unknown",
      method: "tsan hooks",
      windows: 1,
      windowAccesses: 8,
      pages: 2,
      pageBytes: 4096,
      footprintBytes: 8192,
      accesses: 6,
      writeShare: 2 / 6,
      hottestTenthShare: 0.5,
      hottestThirdShare: 0.5,
      filter: { lineBytes: 64, sets: 256, ways: 16 },
      packedBytes: readFileSync(output).length,
      checksum: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test("never replace a file unless forced, and leave nothing half-written", async () => {
    const folder = temporaryFolder();
    const input = join(folder, "in.raw");
    const output = join(folder, "out.r0t");
    writeFileSync(input, `${GOOD.join("\n")}\n`);
    writeFileSync(output, "precious");
    await expect(importTrace({ format: "raw", input, output })).rejects.toThrow(OutputExistsError);
    expect(readFileSync(output, "utf8")).toBe("precious");
    writeFileSync(input, GOOD.slice(0, -1).join("\n"));
    await expect(importTrace({ format: "raw", input, output, force: true })).rejects.toThrow(TraceFormatError);
    expect(readFileSync(output, "utf8")).toBe("precious");
    writeFileSync(input, `${GOOD.join("\n")}\n`);
    await importTrace({ format: "raw", input, output, force: true });
    expect(readdirSync(folder).sort()).toEqual(["in.raw", "out.r0t"]);
    await expect(importTrace({ format: "raw", input, output: join(folder, "no", "x.r0t") })).rejects.toThrow(
      "is missing or not writable",
    );
    await expect(importTrace({ format: "raw", input, output, maxWindows: 0, force: true })).rejects.toThrow(RangeError);
  });
});
