import { describe, expect, it } from "vitest";
import { DAMON_CHECKS, DAMON_MAX_REGIONS, DAMON_MIN_REGIONS, Damon } from "../../../kernel/tiering/damon.ts";

const PAGES = 5000;

function expectTiling(damon: Damon): void {
  expect(damon.starts[0]).toBe(0);
  expect(damon.starts[damon.count]).toBe(PAGES);
  for (let i = 0; i < damon.count; i++) expect(damon.starts[i + 1]).toBeGreaterThan(damon.starts[i]);
}

describe("Damon", () => {
  it("tiles the space with a bounded number of regions and counts", () => {
    const rate = Float64Array.from({ length: PAGES }, (_, page) => (page > 1000 && page < 1600 ? 1000 : page % 7));
    const damon = new Damon(PAGES, 5);
    for (let i = 0; i < 100; i++) {
      damon.aggregate(rate, 1);
      expectTiling(damon);
      expect(damon.count).toBeGreaterThanOrEqual(DAMON_MIN_REGIONS);
      expect(damon.count).toBeLessThanOrEqual(DAMON_MAX_REGIONS);
      for (let r = 0; r < damon.count; r++) expect(damon.accesses[r]).toBeLessThanOrEqual(DAMON_CHECKS);
    }
  });

  it("finds a hot range", () => {
    const hot = (page: number) => page >= 1000 && page < 1600;
    const rate = Float64Array.from({ length: PAGES }, (_, page) => (hot(page) ? 1e4 : 0));
    const damon = new Damon(PAGES, 5);
    for (let i = 0; i < 100; i++) damon.aggregate(rate, 1);
    let right = 0;
    for (let r = 0; r < damon.count; r++) {
      for (let page = damon.starts[r]; page < damon.starts[r + 1]; page++) {
        if (damon.accesses[r] > DAMON_CHECKS / 2 === hot(page)) right++;
      }
    }
    expect(right / PAGES).toBeGreaterThan(0.95);
  });

  it("splits a region into at most three", () => {
    const damon = new Damon(PAGES, 3);
    const rate = Float64Array.from({ length: PAGES }, (_, page) => 2000 * (page % 2));
    for (let i = 0; i < 40; i++) {
      const before = damon.count;
      damon.aggregate(rate, 1);
      expect(damon.count).toBeLessThanOrEqual(3 * before);
      expect(damon.count).toBeLessThanOrEqual(DAMON_MAX_REGIONS);
    }
  });

  it("merges a uniform workload down to at most twice the minimum", () => {
    const damon = new Damon(PAGES, 1);
    const rate = new Float64Array(PAGES).fill(1e6);
    for (let i = 0; i < 30; i++) damon.aggregate(rate, 1);
    damon.merge();
    expect(damon.count).toBeLessThanOrEqual(2 * DAMON_MIN_REGIONS);
  });

  it("keeps the mean access count, weighted by size, when it merges", () => {
    const damon = new Damon(PAGES, 1);
    const rate = Float64Array.from({ length: PAGES }, (_, page) => page / 50);
    for (let i = 0; i < 5; i++) damon.aggregate(rate, 1);
    const mean = () => {
      let sum = 0;
      for (let r = 0; r < damon.count; r++) sum += damon.accesses[r] * (damon.starts[r + 1] - damon.starts[r]);
      return sum / PAGES;
    };
    const before = mean();
    damon.merge();
    expect(mean()).toBeCloseTo(before, 9);
  });

  it("gives the same regions for the same key, and other regions for another key", () => {
    const rate = Float64Array.from({ length: PAGES }, (_, page) => page % 100);
    const regions = (key: number) => {
      const damon = new Damon(PAGES, key);
      for (let i = 0; i < 10; i++) damon.aggregate(rate, 1);
      return Array.from(damon.starts.subarray(0, damon.count));
    };
    expect(regions(1)).toEqual(regions(1));
    expect(regions(1)).not.toEqual(regions(2));
  });
});
