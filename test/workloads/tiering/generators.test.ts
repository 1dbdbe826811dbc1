import { describe, expect, test } from "vitest";
import { btree } from "../../../workloads/tiering/generators/btree.ts";
import type { TieringGenerator } from "../../../workloads/tiering/generators/generator.ts";
import { graph } from "../../../workloads/tiering/generators/graph.ts";
import { gups } from "../../../workloads/tiering/generators/gups.ts";
import { kvCache } from "../../../workloads/tiering/generators/kv_cache.ts";
import { phaseMix } from "../../../workloads/tiering/generators/phase_mix.ts";
import { scanHot } from "../../../workloads/tiering/generators/scan_hot.ts";
import { silo } from "../../../workloads/tiering/generators/silo.ts";
import { xsbench } from "../../../workloads/tiering/generators/xsbench.ts";
import { zipf } from "../../../workloads/tiering/generators/zipf.ts";
import { flawOf, histogramOf } from "../format/histogram.ts";

const generators: Record<string, TieringGenerator> = {
  gups,
  zipf,
  "scan-hot": scanHot,
  silo,
  btree,
  "phase-mix": phaseMix,
  graph,
  xsbench,
  "kv-cache": kvCache,
};

/** Share of accesses to the hottest `part` of the pages. */
function hottest(access: Float64Array, part: number): number {
  const sorted = access.toSorted().reverse();
  return sorted.subarray(0, Math.round(part * access.length)).reduce((sum, share) => sum + share, 0);
}

describe.each(Object.entries(generators))("%s", (name, generate) => {
  test("fills every window with shares that sum to 1, whatever the size and seed", () => {
    for (const pages of [256, 257, 1000]) {
      for (let seed = 0; seed < 8; seed++) {
        const workload = generate(pages, seed);
        expect(workload).toMatchObject({ name, pages, windows: 120 });
        for (let i = 0; i < 120; i++) expect(flawOf(workload, i)).toBeNull();
      }
    }
  });

  test("depends on nothing but pages, seed and window", () => {
    const one = generate(512, 3);
    const other = generate(512, 3);
    const late = Array.from({ length: 120 }, (_, i) => 119 - i).map((i) => histogramOf(other, i));
    for (let i = 0; i < 120; i++) expect(histogramOf(one, i)).toEqual(late[119 - i]);
  });

  test("differs between seeds", () => {
    const all = (seed: number): string => JSON.stringify([...histogramOf(generate(512, seed), 60).access]);
    expect(new Set([0, 1, 2, 3].map(all)).size).toBe(4);
  });

  test("does not make low pages hot by construction", () => {
    const workload = generate(3000, 1);
    let first = 0;
    let best = 0;
    for (let i = 0; i < 120; i++) {
      const { access } = histogramOf(workload, i);
      first += access.subarray(0, 1000).reduce((sum, share) => sum + share, 0) / 120;
      best += hottest(access, 1 / 3) / 120;
    }
    expect(first).toBeLessThan(best - 0.1);
  });

  test("takes a number of windows and refuses bad sizes", () => {
    expect(generate(256, 0, { windows: 7 }).windows).toBe(7);
    expect(() => generate(100, 0)).toThrow(`pages of ${name} must be a whole number of at least 256, got 100`);
    expect(() => generate(256, 0, { windows: 0 })).toThrow(`windows of ${name} must be a whole number`);
    expect(() => generate(256, -1)).toThrow(RangeError);
    expect(() => histogramOf(generate(256, 0), 120)).toThrow(`window of ${name}`);
  });
});

describe("purposes of the generators", () => {
  test("gups: nine in ten accesses to the hot set, all of them updates, and the hot set moves", () => {
    const workload = gups(1000, 5, { hotPages: 0.2, moved: 1, movePeriod: [10, 10] });
    const before = histogramOf(workload, 9);
    const after = histogramOf(workload, 10);
    expect(hottest(before.access, 0.2)).toBeCloseTo(0.9, 12);
    expect(before.write.every((share) => share === 1)).toBe(true);
    expect(histogramOf(workload, 0).access).toEqual(before.access);
    expect(after.access).not.toEqual(before.access);
  });

  test("zipf: Zipf's law, and the updates of the mix", () => {
    const { access, write } = histogramOf(zipf(1000, 5, { mix: "A" }), 0);
    const [top, second] = access.toSorted().reverse();
    expect(top! / second!).toBeCloseTo(2 ** 0.99, 9);
    expect(new Set(write)).toEqual(new Set([0, 1]));
    expect(histogramOf(zipf(1000, 5, { mix: "C" }), 0).write.every((share) => share === 0)).toBe(true);
  });

  test("scan-hot: what the scan has passed is hotter than the hot set, and soon cold", () => {
    const workload = scanHot(1000, 5, { scanAccess: 0.4, scanPages: 0.05, hotPages: 0.2 });
    const now = histogramOf(workload, 3).access;
    const next = histogramOf(workload, 4).access;
    const passed = Array.from(now.keys()).filter((page) => now[page]! > 10 * next[page]!);
    expect(passed.length).toBeGreaterThan(30);
    const share = passed.reduce((sum, page) => sum + now[page]!, 0) / passed.length;
    expect(share).toBeGreaterThan((0.6 / 200) * 1.5);
  });

  test("silo: orders are appended, so new pages come into use until the end", () => {
    const workload = silo(1000, 5);
    const used = (index: number): number => histogramOf(workload, index).access.filter((share) => share > 0).length;
    expect(used(0)).toBeLessThan(used(60));
    expect(used(119)).toBe(1000);
  });

  test("kv-cache: only what was appended is written", () => {
    const workload = kvCache(2000, 5);
    for (let i = 1; i < 120; i++) {
      const { access, write } = histogramOf(workload, i);
      const written = Array.from(write.keys()).filter((page) => write[page]! > 0);
      expect(written.every((page) => access[page]! > 0 && page >= 600)).toBe(true);
      expect(written.length).toBeLessThan(600);
    }
  });

  test("graph and xsbench: edges and cross sections are never written", () => {
    expect(
      histogramOf(graph(1000, 5), 30)
        .write.subarray(0, 650)
        .every((share) => share === 0),
    ).toBe(true);
    expect(histogramOf(xsbench(1000, 5), 30).write.every((share) => share === 0)).toBe(true);
  });
});
