import { describe, expect, it } from "vitest";
import { cluster, clusterTuned } from "../../baselines/readahead/cluster.ts";
import { fdp } from "../../baselines/readahead/fdp.ts";
import { fixed } from "../../baselines/readahead/fixed.ts";
import { ghb } from "../../baselines/readahead/ghb.ts";
import { readaheadHeuristics, readaheadSyncHeuristics } from "../../baselines/readahead/index.ts";
import { leap } from "../../baselines/readahead/leap.ts";
import { none } from "../../baselines/readahead/none.ts";
import { pcGhb } from "../../baselines/readahead/pc_ghb.ts";
import { shadow } from "../../baselines/readahead/shadow.ts";
import { stride } from "../../baselines/readahead/stride.ts";
import { vma, vmaTuned } from "../../baselines/readahead/vma.ts";
import { randomStream } from "../../kernel/random.ts";
import { DEVICE_PROFILES } from "../../kernel/readahead/device.ts";
import { runEntry, workloadOf } from "./readahead_run.ts";

const PAGES = 4096;
/** Few enough that slots are still handed out in order: over more rounds they scatter, as on a device in use. */
const ROUNDS = 4;

const byVma = vma;

/** Every page once in the order of `pageAt`, several times over. */
function rounds(pageAt: (i: number) => number): number[] {
  return Array.from({ length: ROUNDS * PAGES }, (_, i) => pageAt(i % PAGES));
}

const sequential = workloadOf(rounds((i) => i));
const reverse = workloadOf(rounds((i) => PAGES - 1 - i));
// Every fourth page, then from the next offset on: each page once in a round.
const strided = workloadOf(rounds((i) => 4 * (i % (PAGES / 4)) + Math.floor(i / (PAGES / 4))));

const random = (() => {
  const stream = randomStream(5, "test/random");
  // Many pages, so that neighbours seldom follow one another by chance.
  const filled = 4 * PAGES;
  const fill = Array.from({ length: filled }, (_, i) => i);
  return workloadOf([...fill, ...Array.from({ length: 50_000 }, () => stream.integer(filled))], { filled });
})();

describe("a sequential program", () => {
  it("faults once in eight pages with windows by VMA, and wastes nothing", () => {
    const run = runEntry(byVma, sequential);
    expect(run.coverage).toBeGreaterThan(0.87);
    expect(run.accuracy).toBeGreaterThan(0.99);
  });

  it("is served as well in reverse", () => {
    const run = runEntry(byVma, reverse);
    expect(run.coverage).toBeGreaterThan(0.87);
    expect(run.accuracy).toBeGreaterThan(0.99);
    const ahead = runEntry(byVma, sequential);
    expect(Math.abs(run.major_faults - ahead.major_faults)).toBeLessThan(0.01 * ahead.major_faults);
  });

  it.each([cluster, leap, stride, fdp, shadow, ghb, pcGhb].map((entry) => [entry.name, entry] as const))(
    "is covered by %s too",
    (_, entry) => {
      const run = runEntry(entry, sequential);
      expect(run.coverage).toBeGreaterThan(0.85);
      expect(run.accuracy).toBeGreaterThan(0.97);
    },
  );
});

describe("a program that takes every fourth page", () => {
  it("is not covered by windows by VMA", () => {
    expect(runEntry(byVma, strided).coverage).toBeLessThan(0.01);
  });

  it.each([cluster, leap, stride, pcGhb].map((entry) => [entry.name, entry] as const))(
    "is covered by %s",
    (_, entry) => {
      expect(runEntry(entry, strided).coverage).toBeGreaterThanOrEqual(0.85);
    },
  );
});

describe("a program that takes pages at random", () => {
  it.each([byVma, cluster, leap].map((entry) => [entry.name, entry] as const))("leaves %s silent", (_, entry) => {
    const { ra_issued, major_faults } = runEntry(entry, random);
    expect(major_faults).toBeGreaterThan(30_000);
    expect(ra_issued).toBeLessThan(0.001 * major_faults);
  });

  it.each([stride, pcGhb, ghb, shadow, fdp].map((entry) => [entry.name, entry] as const))(
    "makes %s read little",
    (_, entry) => {
      const { ra_issued, major_faults } = runEntry(entry, random);
      expect(ra_issued).toBeLessThan(0.05 * major_faults);
    },
  );

  it("makes a fixed window of 8 read for nothing, at a loss where reads take the thread's time", () => {
    const device = DEVICE_PROFILES["zram-lz4"];
    const run = runEntry(fixed, random, { device });
    expect(run.accuracy).toBeLessThan(0.3);
    expect(run.cost).toBeGreaterThan(runEntry(none, random, { device }).cost);
  });
});

describe("a program that follows the same pointers over and over", () => {
  it("is covered by replay and not by windows", () => {
    const stream = randomStream(6, "test/chase");
    const order = Array.from({ length: PAGES }, (_, i) => i);
    for (let i = PAGES - 1; i > 0; i--) {
      const j = stream.integer(i + 1);
      [order[i], order[j]] = [order[j], order[i]];
    }
    const chase = workloadOf(
      rounds((i) => order[i]),
      { filled: 0 },
    );
    expect(runEntry(ghb, chase).coverage).toBeGreaterThan(0.6);
    expect(runEntry(byVma, chase).coverage).toBeLessThan(0.01);
  });
});

describe("a page cluster of 0", () => {
  it("is none", () => {
    const nothing = runEntry(none, sequential);
    for (const entry of [vmaTuned, clusterTuned]) {
      const run = runEntry(entry, sequential, { values: { pageCluster: 0 } });
      expect(run.ra_issued).toBe(0);
      expect(run.major_faults).toBe(nothing.major_faults);
    }
  });
});

describe("the lists of heuristics", () => {
  it.each([
    ["vma", readaheadHeuristics],
    ["none", readaheadSyncHeuristics],
  ] as const)("begin with the one default, %s, and name each once", (name, entries) => {
    expect(entries[0]).toMatchObject({ name, role: "default" });
    expect(entries.filter(({ role }) => role === "default")).toHaveLength(1);
    expect(new Set(entries.map((entry) => entry.name)).size).toBe(entries.length);
  });

  it("hold tuned heuristics that start as the shipped ones", () => {
    for (const entry of readaheadHeuristics) {
      if (entry.startsAs === undefined) continue;
      const shipped = readaheadHeuristics.find(({ name }) => name === entry.startsAs)!;
      for (const workload of [sequential, strided])
        expect(runEntry(entry, workload)).toEqual(runEntry(shipped, workload));
    }
  });

  it("hold heuristics that repeat themselves after a reset", () => {
    for (const entry of readaheadHeuristics) {
      expect(runEntry(entry, strided), entry.name).toEqual(runEntry(entry, strided));
    }
  });
});
