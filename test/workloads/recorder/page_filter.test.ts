import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AccessTrace } from "../../../workloads/format/access_trace.ts";
import { AccessTraceBuilder } from "../../../workloads/recorder/access_trace_builder.ts";
import { PageFilter } from "../../../workloads/recorder/page_filter.ts";
import { readRawAccesses } from "../../../workloads/recorder/read_accesses.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

const LABELS = { name: "n", program: "p", command: "c", method: "tsan hooks" };
/** Output of recorder.c for accesses_sample.c, kept for machines without gcc. */
const KEPT = here("accesses_sample.raw.txt");

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

/** Builds accesses_sample.c with the recorder, runs it and returns its raw trace. */
function recordSample(settings: Record<string, string> = {}): string {
  const folder = temporaryFolder();
  const [object, program, raw] = ["sample.o", "sample", "sample.raw"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  execFileSync("gcc", ["-O0", "-c", here("accesses_sample.c"), "-o", object]);
  const compiler = here("../../../workloads/recorder/ring0-cc");
  const build = { ...process.env, RING0_BUILD: join(folder, "recorder") };
  execFileSync(compiler, [object, "-o", program], { env: build });
  execFileSync(program, { env: { ...process.env, RING0_TRACE: raw, RING0_KIND: "accesses", ...settings } });
  return raw;
}

/** Passes the accesses of accesses_sample.c through the TypeScript filter. */
function sampleByModel(depth = 16): AccessTrace {
  const builder = new AccessTraceBuilder({ pageBytes: 4096, stackDepth: depth });
  const filters = [0, 1].map((thread) => new PageFilter(builder, 4096, depth, thread));
  for (const [thread, seed, base] of [
    [0, 1, 0x7e0000000000],
    [1, 2, 0x7d0000000000],
    [0, 3, 0x7e0000000000],
  ] as const) {
    const filter = filters[thread]!;
    let x: number = seed;
    for (let i = 0; i < 150; i++) {
      x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
      const address = base + ((x >>> 12) % (40 * 4096));
      const kind = (x >>> 5) & 7;
      // The number of the hook identifies the instruction that calls it.
      if (kind === 0) filter.access(address, 9000, false, 0);
      else if (kind === 1) filter.access(address, 200, true, 1);
      else if (kind < 6) filter.access(address, 8, false, 2);
      else filter.access(address, 8, true, 3);
    }
  }
  return builder.finish(LABELS, [{ start: 0x7e0000000, pages: 200 }]);
}

describe("the recorder of page accesses", () => {
  test.each([
    ["kept", () => KEPT],
    ["built here", () => (hasGcc() ? recordSample() : KEPT)],
  ])("in C (%s) writes what the filter in TypeScript keeps", async (_, record) => {
    const model = sampleByModel();
    const trace = await readRawAccesses(record(), LABELS);
    expect(model.header).toMatchObject({ threads: 2, programCounters: 4, skipped: 0 });
    expect(trace).toEqual(model);
    expect(trace.thread.join("")).toMatch(/^0{100,}1{100,}0{100,}$/);
  });

  test("takes depth, start and length from the environment", async () => {
    const settings = { RING0_DEPTH: "4", RING0_SKIP: "100", RING0_KEEP: "50" };
    const model = sampleByModel(hasGcc() ? 4 : 16);
    const trace = hasGcc()
      ? await readRawAccesses(recordSample(settings), LABELS)
      : await readRawAccesses(KEPT, LABELS, { skip: 100, keep: 50 });
    expect(trace.header).toMatchObject({ skipped: 100, accesses: 50 });
    const pages = (of: AccessTrace, from: number): number[] =>
      Array.from(of.page.subarray(from, from + 50), (page) => of.pageNumbers[page]!);
    expect(pages(trace, 0)).toEqual(pages(model, 100));
    expect(trace.work).toEqual(model.work.slice(100, 150));
  });
});

describe("PageFilter", () => {
  /** Output of the filter for accesses to whole pages: page, write, program counter, work. */
  function filtered(accesses: readonly (readonly [page: number, write: boolean])[], depth = 2): unknown[][] {
    const kept: unknown[][] = [];
    const filter = new PageFilter({ add: (...entry) => kept.push(entry.slice(1)) }, 4096, depth);
    for (const [i, [page, write]] of accesses.entries()) filter.access(page * 4096 + 8, 8, write, i);
    return kept;
  }

  test("counts accesses to recently used pages as work", () => {
    const accesses = [1, 2, 1, 2, 2, 3, 2, 1].map((page) => [page, false] as const);
    expect(filtered(accesses)).toEqual([
      [1, false, 0, 0],
      [2, false, 1, 0],
      [3, false, 5, 3],
      [1, false, 7, 1],
    ]);
  });

  test("keeps the first write to a page that was only read, until it is recorded again", () => {
    const accesses = [
      [1, false],
      [1, true],
      [1, true],
      [1, false],
      [2, true],
      [2, true],
      [3, false],
      [1, true],
      [1, true],
    ] as const;
    expect(filtered(accesses)).toEqual([
      [1, false, 0, 0],
      [1, true, 1, 0],
      [2, true, 4, 2],
      [3, false, 6, 1],
      [1, true, 7, 0],
    ]);
  });

  test("splits what spans pages, and counts copies by their length", () => {
    const kept: unknown[][] = [];
    const filter = new PageFilter({ add: (...entry) => kept.push(entry) }, 4096, 4, 7);
    filter.access(4096 - 65, 65 + 4096 + 1, true, 9);
    filter.access(0, 1, false, 9);
    filter.access(4 * 4096, 1, false, 9);
    expect(kept).toEqual([
      [7, 0, true, 9, 0],
      [7, 1, true, 9, 1],
      [7, 2, true, 9, 63],
      [7, 4, false, 9, 1],
    ]);
  });

  test("keeps every page, every page that is written as written, and all work", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(12), fc.boolean()), { minLength: 1 }),
        fc.integer({ min: 1, max: 8 }),
        (accesses, depth) => {
          const kept = filtered(accesses, depth) as [number, boolean, number, number][];
          const pages = (of: readonly (readonly [number, boolean, ...unknown[]])[], written: boolean): Set<number> =>
            new Set(of.filter(([, write]) => write || !written).map(([page]) => page));
          expect(pages(kept, false)).toEqual(pages(accesses, false));
          expect(pages(kept, true)).toEqual(pages(accesses, true));
          const work = kept.reduce((sum, entry) => sum + entry[3] + 1, 0);
          expect(work + accesses.length - 1 - kept.at(-1)![2]).toBe(accesses.length);
        },
      ),
    );
  });

  test("refuses impossible sizes", () => {
    const sink = { add: () => undefined };
    expect(() => new PageFilter(sink, 4096, 0)).toThrow("stackDepth must be a whole number from 1 to 64, got 0");
    expect(() => new PageFilter(sink, 4096, 65)).toThrow(RangeError);
    expect(() => new PageFilter(sink, 1000, 16)).toThrow("pageBytes must be a power of two");
    expect(() => new AccessTraceBuilder({ pageBytes: 4096, stackDepth: 16, keep: 0 })).toThrow(
      "keep must be a whole number from 1 to 2^31, got 0",
    );
    expect(() => new AccessTraceBuilder({ pageBytes: 4096, stackDepth: 16, skip: -1 })).toThrow(RangeError);
  });
});
