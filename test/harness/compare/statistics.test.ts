import { deviation, mean as optionalMean } from "d3-array";
import { describe, expect, it } from "vitest";
import {
  bootstrapInterval,
  crossedInterval,
  interquartileMean,
  optimalityGap,
  performanceProfile,
  probabilityOfImprovement,
} from "../../../harness/compare/statistics.ts";

const mean = (values: readonly number[]) => optionalMean(values)!;

describe("point estimates, checked by hand", () => {
  it("leaves a quarter out at either end", () => {
    expect(interquartileMean([100, 2, 4, -50, 3, 5, 1, 6])).toBe((2 + 3 + 4 + 5) / 4);
    // floor(5 / 4) = 1 at either end.
    expect(interquartileMean([1, 2, 3, 4, 1000])).toBe(3);
    expect(interquartileMean([7, 9])).toBe(8);
    expect(interquartileMean([])).toBeNaN();
  });
});

describe("bootstrapInterval", () => {
  it("agrees with the exact distribution of resampled means", () => {
    // Of 3 values, the resampled mean is 0 with probability 1/27 and 3 with 1/27: both tails lie within the outer 2.5 %
    // only where 1/27 < 0.025, which does not hold, so the 95 % interval is all of [0, 3].
    expect(bootstrapInterval([[0, 1.5, 3]], mean)).toEqual({ low: 0, high: 3 });
  });

  it("comes near the normal interval for many values", () => {
    const values = Array.from({ length: 400 }, (_, i) => (i % 20) - 9.5);
    const half = (1.96 * deviation(values)!) / 20;
    const interval = bootstrapInterval([values], mean, { repetitions: 4000 })!;
    expect(interval.low).toBeCloseTo(-half, 1);
    expect(interval.high).toBeCloseTo(half, 1);
  });

  it("keeps strata apart", () => {
    const strata = [
      [0, 0, 0],
      [10, 10, 10],
    ];
    expect(bootstrapInterval(strata, mean)).toEqual({ low: 5, high: 5 });
    const mixed = bootstrapInterval([strata.flat()], mean)!;
    expect(mixed.low).toBeLessThan(3);
  });

  it("is the same for the same seed and refuses too few units", () => {
    const values = [[1, 5, 2, 8]];
    expect(bootstrapInterval(values, mean, { seed: 3 })).toEqual(bootstrapInterval(values, mean, { seed: 3 }));
    expect(bootstrapInterval([[1, 2]], mean)).toBeNull();
  });

  it("resamples whole units", () => {
    const seeds = [
      [1, 3],
      [5, 7],
      [9, 11],
    ];
    expect(bootstrapInterval([seeds], (rows) => mean(rows.flat()))).toEqual({ low: 2, high: 10 });
  });
});

describe("probabilityOfImprovement", () => {
  it("counts pairs, equal ones half", () => {
    // Pairs: 1>0, 1=1, 2>0, 2>1, 3>0, 3>1: 5.5 of 6.
    expect(probabilityOfImprovement([1, 2, 3], [0, 1])).toBeCloseTo(5.5 / 6, 12);
    expect(probabilityOfImprovement([0.2, -0.1, 0, 0.4], [0])).toBe(2.5 / 4);
  });
});

describe("the measures of Agarwal et al., on two runs of three tasks", () => {
  const runs = [
    [0.5, 1.2, -0.3],
    [0.7, 0.8, 0.1],
  ];
  const scores = runs.flat();

  it("takes the interquartile mean over runs and tasks together", () => {
    // Of -0.3, 0.1, 0.5, 0.7, 0.8, 1.2 one goes at either end: 6 / 4 rounded down.
    expect(interquartileMean(scores)).toBeCloseTo((0.1 + 0.5 + 0.7 + 0.8) / 4, 12);
  });

  it("does not let what is above the target make up for what is below", () => {
    // 0.5, 0, 1.3, 0.3, 0.2, 0.9 are missing.
    expect(optimalityGap(scores)).toBeCloseTo(3.2 / 6, 12);
    expect(optimalityGap(scores, 0)).toBeCloseTo(0.3 / 6, 12);
    expect(optimalityGap([2, 3])).toBe(0);
  });

  it("counts the scores above each level, not those at it", () => {
    expect(performanceProfile(scores, [-1, 0, 0.1, 0.75, 1.2, 2])).toEqual([1, 5 / 6, 4 / 6, 2 / 6, 0, 0]);
  });

  it("draws runs of each task for themselves where tasks are strata, and keeps their number", () => {
    const tasks = [0, 1, 2].map((task) => runs.map((run) => run[task]));
    const interval = bootstrapInterval(tasks, mean)!;
    // All three tasks draw their lower run twice with a probability of 1/64, less than 2.5 %, so that the lower end is above
    // their mean; in whatever order runs are drawn, a task never gets those of another.
    expect(interval.low).toBeGreaterThanOrEqual((0.5 + 0.8 - 0.3) / 3 - 1e-12);
    expect(interval.low).toBeLessThanOrEqual((0.5 + 0.8 - 0.1) / 3 + 1e-12);
    expect(interval.high).toBeLessThanOrEqual((0.7 + 1.2 + 0.1) / 3 + 1e-12);
  });
});

describe("crossedInterval", () => {
  it("varies with the seeds where episodes are alike, and with the episodes where seeds are", () => {
    const alike = crossedInterval(
      [
        [0.1, 0.1],
        [0.3, 0.3],
        [0.5, 0.5],
      ],
      [[0], [1]],
    )!;
    expect(alike.low).toBeCloseTo(0.1, 12);
    expect(alike.high).toBeCloseTo(0.5, 12);
    const same = [0, 1, 0, 1];
    const episodes = crossedInterval([same, same, same], [[0, 1, 2, 3]])!;
    // All four draws alike has a probability of 1/16, more than 2.5 %.
    expect(episodes).toEqual({ low: 0, high: 1 });
    // Within strata of one episode nothing is left to draw.
    expect(crossedInterval([same, same, same], [[0], [1], [2], [3]])).toEqual({ low: 0.5, high: 0.5 });
  });

  it("has the spread of the sum of two independent means", () => {
    const seeds = [-1, -0.5, 0, 0.5, 1];
    const episodes = Array.from({ length: 20 }, (_, i) => (i - 9.5) / 5);
    const values = seeds.map((seed) => episodes.map((episode) => seed + episode));
    const { low, high } = crossedInterval(values, [episodes.map((_, i) => i)])!;
    const variance = (of: number[]) => of.reduce((sum, value) => sum + value * value, 0) / of.length / of.length;
    const expected = 2 * 1.96 * Math.sqrt(variance(seeds) + variance(episodes));
    expect((high - low) / expected).toBeGreaterThan(0.9);
    expect((high - low) / expected).toBeLessThan(1.1);
  });

  it("needs three seeds", () => {
    expect(crossedInterval([[1], [2]], [[0]])).toBeNull();
  });
});
