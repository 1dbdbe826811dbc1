import { readdirSync, readFileSync, statSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { describeTrace, type HistogramDescription } from "../../../workloads/recorder/describe_trace.ts";
import type { Split } from "../../../workloads/split.ts";
import { tieringWorkloads } from "../../../workloads/tiering/catalog.ts";
import { flawOf, histogramOf } from "../format/histogram.ts";

const traces = tieringWorkloads.filter((entry) => entry.source === "trace");
const folder = new URL("../../../workloads/traces/", import.meta.url);

describe("the catalog of tiering workloads", () => {
  test("names every workload once", () => {
    expect(new Set(tieringWorkloads.map(({ name }) => name)).size).toBe(tieringWorkloads.length);
  });

  test("keeps every family in one split", () => {
    const splits = new Map<string, Set<Split>>();
    for (const { family, split } of tieringWorkloads) splits.set(family, (splits.get(family) ?? new Set()).add(split));
    for (const [family, of] of splits) expect([family, of.size]).toEqual([family, 1]);
  });

  test("has at least two recorded programs in every split, three in test", () => {
    const count = (split: Split): number => traces.filter((entry) => entry.split === split).length;
    expect(count("train")).toBeGreaterThanOrEqual(2);
    expect(count("validation")).toBeGreaterThanOrEqual(2);
    expect(count("test")).toBeGreaterThanOrEqual(3);
  });

  test("has every committed trace", () => {
    const files = readdirSync(folder).filter((file) => file.endsWith(".r0t"));
    expect(traces.map(({ name }) => `${name}.r0t`).sort()).toEqual(files.sort());
  });

  test("makes generators as large as asked", () => {
    for (const entry of tieringWorkloads) {
      if (entry.source === "generator") expect(entry.open(0, { pages: 512 }).pages).toBe(512);
    }
  });
});

describe.each(traces.map((entry) => [entry.name, entry] as const))("the trace of %s", (name, entry) => {
  test("is below 1 MB and is what its README says", () => {
    expect(statSync(entry.file!).size).toBeLessThan(1_000_000);
    const facts = describeTrace(entry.file!) as HistogramDescription;
    expect(facts).toMatchObject({ name, method: "tsan hooks", pageBytes: 4096 });
    const line = readFileSync(new URL("README.md", folder), "utf8")
      .split("\n")
      .map((line) => line.split("|").map((cell) => cell.trim()))
      .find((cells) => cells[1] === name)!;
    expect(line.slice(5, -1)).toEqual([
      `${facts.pages}`,
      `${facts.windows}`,
      `${facts.accesses}`,
      facts.writeShare.toFixed(2),
      facts.hottestTenthShare.toFixed(2),
      `${Math.round(facts.packedBytes / 1000)}`,
    ]);
    expect(line[2]).toBe(entry.split);
  });

  test("plays 120 units of work, the same for every seed", () => {
    const workload = entry.open(1);
    expect(workload.windows).toBe(120);
    for (let i = 0; i < 120; i++) expect(flawOf(workload, i)).toBeNull();
    expect(histogramOf(entry.open(2), 50)).toEqual(histogramOf(workload, 50));
  });

  test("can be played on fewer pages", () => {
    const workload = entry.open(1, { pages: 2048 });
    expect(workload.pages).toBeLessThanOrEqual(2048);
    for (let i = 0; i < 120; i += 7) expect(flawOf(workload, i)).toBeNull();
  });
});
