import { describe, expect, it } from "vitest";
import { randomStream } from "../../../kernel/random.ts";
import { HistogramPlacement } from "../../../kernel/tiering/histogram_placement.ts";
import { fourTierMachine, THREADS, twoTierMachine } from "../../../kernel/tiering/machine.ts";
import { blockedThreadNs } from "../../../kernel/tiering/migration.ts";
import { MoveQueue } from "../../../kernel/tiering/move_queue.ts";
import { PageTable } from "../../../kernel/tiering/page_table.ts";
import { HISTOGRAM, NONE, run, scenarioOf, workloadOf } from "./fixtures.ts";

describe("blockedThreadNs", () => {
  it("agrees with drawn arrivals", () => {
    const random = randomStream(1, "blocked");
    const ns = 200_000;
    for (const rate of [1e-5, 1e-4, 1e-3]) {
      let waited = 0;
      const trials = 4000;
      for (let i = 0; i < trials; i++) {
        for (let thread = 0; thread < THREADS; thread++) {
          waited += Math.max(0, ns - (random.exponential() * THREADS) / rate) / trials;
        }
      }
      expect(blockedThreadNs(ns, rate) / waited).toBeCloseTo(1, 1);
    }
  });

  it("is zero for an untouched page, and all threads for a page that all touch at once", () => {
    expect(blockedThreadNs(1000, 0)).toBe(0);
    expect(blockedThreadNs(1000, 1e9) / (THREADS * 1000)).toBeCloseTo(1, 6);
  });
});

describe("HistogramPlacement", () => {
  it("never demotes a page that it promotes in the same plan, on three memory tiers", () => {
    const pages = 300;
    const machine = fourTierMachine([40, 100, 200, 10]);
    const table = new PageTable(pages, machine);
    const random = randomStream(2, "heat");
    const heat = Float32Array.from({ length: pages }, () => random.exponential() ** 3);
    const total = heat.reduce((sum, value) => sum + value, 0);
    const queue = new MoveQueue(2 * pages);
    new HistogramPlacement(pages, 4).plan(table, heat, total, 0, { ...HISTOGRAM, hysteresis: 0.1 }, 2 * pages, queue);
    const moved = Array.from(queue.pages.subarray(0, queue.length));
    expect(moved.length).toBeGreaterThan(40);
    const broughtUp = moved.filter((_, i) => queue.targets[i] === 0);
    for (const page of broughtUp) expect(queue.targets[moved.lastIndexOf(page)]).toBe(0);
  });
});

describe("swap", () => {
  it("serves nothing for free: a working set in swap costs more than the bound in every window", () => {
    const shares = (set: number) => {
      const all = new Array<number>(300).fill(0);
      for (let page = 100 * set; page < 100 * (set + 1); page++) all[page] = 0.01;
      return all;
    };
    const workload = workloadOf((window) => shares(window % 3), { windows: 12 });
    const kernel = run(scenarioOf(workload, { machine: fourTierMachine([40, 40, 40, 200]) }), NONE);
    const unloaded = 70;
    expect(kernel.ledger.charged("access")).toBeGreaterThan((12 * 80) / unloaded);
    expect(kernel.ledger.charged("swap_faults")).toBeGreaterThan(0);
  });
});

describe("twoTierMachine", () => {
  it("is the machine of the Colloid artifact by default", () => {
    const [fast, slow] = twoTierMachine(1, 2).tiers;
    expect([fast.latencyNs, slow.latencyNs]).toEqual([70, 135]);
  });
});
