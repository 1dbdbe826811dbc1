import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HistogramTraceBuilder } from "../../../workloads/recorder/histogram_trace_builder.ts";
import { LlcFilter } from "../../../workloads/recorder/llc_filter.ts";
import { readRawHistogram } from "../../../workloads/recorder/read_histogram.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

const FILTER = { lineBytes: 64, sets: 8, ways: 4 };
const LABELS = { name: "n", program: "p", command: "c", method: "tsan hooks" };
/** Output of recorder.c for filter_sample.c, kept for machines without gcc. */
const KEPT = here("filter_sample.raw.txt");

function here(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}

function hasGcc(): boolean {
  try {
    execFileSync("gcc", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Builds filter_sample.c with ring0-cc, runs it and returns its raw trace. */
function recordSample(): string {
  const folder = temporaryFolder();
  const program = join(folder, "sample");
  const raw = join(folder, "sample.raw");
  const compiler = here("../../../workloads/recorder/ring0-cc");
  const sources = ["-O2", here("filter_sample.c"), "-o", program];
  execFileSync(compiler, sources, { env: { ...process.env, RING0_BUILD: join(folder, "recorder") } });
  const settings = { RING0_TRACE: raw, RING0_WINDOW: "500", RING0_SETS: "8", RING0_WAYS: "4" };
  execFileSync(program, { env: { ...process.env, ...settings } });
  return raw;
}

/** Passes the accesses of filter_sample.c through the TypeScript model. */
function sampleByModel(): HistogramTraceBuilder {
  const builder = new HistogramTraceBuilder(4096, FILTER, 500);
  const filter = new LlcFilter(FILTER, 4096, builder);
  let x = 1;
  for (let i = 0; i < 6000; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    const address = 0x7f0000000000 + ((x >>> 12) % 40000);
    const kind = (x >>> 5) & 7;
    if (kind < 2) filter.access(address, 200, kind === 1);
    else if (kind < 5) filter.access(address, 1, kind === 4);
    else filter.access(address, 8, kind === 7);
  }
  return builder;
}

describe("the cache model", () => {
  test("in TypeScript counts what the one in C counted", async () => {
    const expected = await readRawHistogram(KEPT, LABELS);
    expect(expected.header.accesses).toBeGreaterThan(3000);
    expect(sampleByModel().finish(LABELS)).toEqual(expected);
  });

  test("in C, built with ring0-cc, counts what it counted when the sample was kept", () => {
    const raw = hasGcc() ? recordSample() : KEPT;
    expect(readFileSync(raw, "utf8")).toBe(readFileSync(KEPT, "utf8"));
  });

  test("fills each line once while everything fits, and writes nothing back", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(31), fc.boolean()), { minLength: 1 }), (accesses) => {
        const seen: number[] = [];
        const filter = new LlcFilter(FILTER, 4096, {
          fill: (page) => seen.push(page),
          writeBack: () => expect.unreachable("nothing leaves a cache that is large enough"),
        });
        for (const [line, write] of accesses) filter.access(line * 64 + 3, 1, write);
        expect(seen.length).toBe(new Set(accesses.map(([line]) => line)).size);
      }),
    );
  });

  test("writes back no more than was written, and fills no less than was written back", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1000), fc.boolean())), (accesses) => {
        let fills = 0;
        let writeBacks = 0;
        const filter = new LlcFilter({ lineBytes: 64, sets: 2, ways: 1 }, 4096, {
          fill: () => fills++,
          writeBack: () => writeBacks++,
        });
        for (const [line, write] of accesses) filter.access(line * 64, 64, write);
        expect(writeBacks).toBeLessThanOrEqual(Math.min(fills, accesses.filter(([, write]) => write).length));
        expect(fills).toBeLessThanOrEqual(accesses.length);
      }),
    );
  });

  test("refuses impossible sizes", () => {
    const memory = new HistogramTraceBuilder(4096, FILTER, 1);
    expect(() => new LlcFilter({ ...FILTER, sets: 3 }, 4096, memory)).toThrow("sets must be a power of two");
    expect(() => new LlcFilter({ ...FILTER, ways: 0 }, 4096, memory)).toThrow("ways must be a whole number");
    expect(() => new LlcFilter(FILTER, 32, memory)).toThrow("pageBytes must not be below lineBytes 64, got 32");
    expect(() => new HistogramTraceBuilder(4096, FILTER, 0)).toThrow("windowAccesses must be a whole number");
  });
});
