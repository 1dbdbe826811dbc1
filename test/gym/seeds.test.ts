import { expect, test } from "vitest";
import { deriveSeed, SEED_RANGES, splitOfSeed } from "../../gym/seeds.ts";

test("ranges of the splits do not overlap", () => {
  const ranges = Object.values(SEED_RANGES).toSorted((a, b) => a[0] - b[0]);
  for (let i = 1; i < ranges.length; i++) {
    expect(ranges[i][0]).toBeGreaterThanOrEqual(ranges[i - 1][1]);
  }
});

test.each([
  [0, "train"],
  [999_999, "train"],
  [1_000_000, "validation"],
  [2_999_999, "test"],
  [3_000_000, null],
])("seed %d belongs to %s", (seed, split) => {
  expect(splitOfSeed(seed)).toBe(split);
});

test.each([0, 1, 2, 999_999, 1_000_000, 1_234_567, 2_999_999, 3_000_000, 2 ** 40])(
  "seeds derived from %d stay in its split and all differ",
  (seed) => {
    const derived = Array.from({ length: 5000 }, (_, i) => deriveSeed(seed, i));
    expect(derived[0]).toBe(seed);
    expect(new Set(derived).size).toBe(derived.length);
    expect(new Set(derived.map(splitOfSeed))).toEqual(new Set([splitOfSeed(seed)]));
  },
);

test("groups of neighbouring seeds hardly share any", () => {
  const groups = Array.from({ length: 10 }, (_, seed) => Array.from({ length: 16 }, (_, i) => deriveSeed(seed, i)));
  expect(new Set(groups.flat()).size).toBe(160);
});

test("what is no seed is refused", () => {
  expect(() => deriveSeed(-1, 0)).toThrow(RangeError);
  expect(() => deriveSeed(0.5, 1)).toThrow(RangeError);
});
