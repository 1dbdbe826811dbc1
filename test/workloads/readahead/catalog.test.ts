import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { assertWorkload } from "../../../kernel/readahead/workload.ts";
import { encodeTrace } from "../../../workloads/format/trace_format.ts";
import { TraceFormatError } from "../../../workloads/format/trace_format_error.ts";
import { readaheadWorkloads } from "../../../workloads/readahead/catalog.ts";
import { recorded } from "../../../workloads/readahead/recorded.ts";
import type { Split } from "../../../workloads/split.ts";
import { type Access, accessTraceOf } from "../format/access_traces.ts";
import { refetches } from "./refetches.ts";

const traces = readaheadWorkloads.filter(({ source }) => source === "trace");
const recordings = new URL("../../../workloads/traces/accesses/", import.meta.url);

describe("the catalog of readahead workloads", () => {
  test("names every workload once", () => {
    expect(new Set(readaheadWorkloads.map(({ name }) => name)).size).toBe(readaheadWorkloads.length);
  });

  test("keeps every family in one split", () => {
    const splits = new Map<string, Set<Split>>();
    for (const { family, split } of readaheadWorkloads) {
      splits.set(family, (splits.get(family) ?? new Set()).add(split));
    }
    for (const [family, of] of splits) expect([family, of.size]).toEqual([family, 1]);
  });

  test("has workloads in every split, hardly predictable and resident-heavy ones to train on", () => {
    const names = (split: Split): string[] =>
      readaheadWorkloads.filter((entry) => entry.split === split).map(({ name }) => name);
    expect(names("train")).toEqual(expect.arrayContaining(["hotcold", "interpreter", "random"]));
    expect(names("validation").length).toBeGreaterThanOrEqual(4);
    expect(names("test").length).toBeGreaterThanOrEqual(7);
  });
});

test("the catalog has every committed recording of page accesses", () => {
  const files = existsSync(recordings) ? readdirSync(recordings).filter((file) => file.endsWith(".r0t")) : [];
  expect(traces.map(({ name }) => `${name}.r0t`).sort()).toEqual(files.sort());
});

test.each(traces.map((entry) => [entry.name, entry] as const))("parts of the recording of %s swap", (_, { open }) => {
  for (const seed of [0, 1, 2, 3]) {
    const workload = open(seed);
    assertWorkload(workload);
    for (const share of [0.1, 0.25]) expect(refetches(workload, share)).toBeGreaterThan(100);
  }
});

describe("recorded", () => {
  let folder = "";
  let file = "";
  const accesses = Array.from({ length: 1000 }, (_, i): Access => [1, 100 + i, i % 3 === 0, 0x400, 50]);

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "ring0-readahead-"));
    file = join(folder, "sample.r0t");
    writeFileSync(file, encodeTrace(accessTraceOf(accesses)));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("plays all of a short recording, the same for every seed", () => {
    const entry = recorded("sample", "validation", { file });
    expect(entry).toMatchObject({ name: "sample", family: "sample", split: "validation", source: "trace", file });
    const workload = entry.open(1);
    assertWorkload(workload);
    expect(workload.footprint).toBe(1000);
    expect(entry.open(2)).toEqual(workload);
  });

  test("plays a part of a long one, whose beginning the seed draws", () => {
    const { open, family } = recorded("sample", "test", { file, family: "samples" });
    expect(family).toBe("samples");
    const addresses = Array.from({ length: 30 }, (_, seed) => {
      const workload = open(seed, { accesses: 100 });
      assertWorkload(workload);
      expect(workload.threads[0]!.page.length).toBe(100);
      return workload.vmas[0]!.address;
    });
    expect(Math.min(...addresses)).toBeLessThan(400);
    expect(Math.max(...addresses)).toBeGreaterThan(700);
    expect(open(7, { accesses: 100 })).toEqual(open(7, { accesses: 100 }));
  });

  test("says which file is damaged", () => {
    const damaged = join(folder, "damaged.r0t");
    writeFileSync(damaged, "nothing");
    expect(() => recorded("damaged", "train", { file: damaged }).open(0)).toThrow(TraceFormatError);
  });
});
