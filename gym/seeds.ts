import { assertSeed, hash32 } from "../kernel/random.ts";
import type { Split } from "./env.ts";

/** The seeds of each split: from the first number up to, but not including, the second. Other seeds are in no split. */
export const SEED_RANGES: Readonly<Record<Split, readonly [number, number]>> = {
  train: [0, 1_000_000],
  validation: [1_000_000, 2_000_000],
  test: [2_000_000, 3_000_000],
};

/** The split to which a seed belongs, or null. */
export function splitOfSeed(seed: number): Split | null {
  for (const split of Object.keys(SEED_RANGES) as Split[]) {
    const [first, end] = SEED_RANGES[split];
    if (seed >= first && seed < end) {
      return split;
    }
  }
  return null;
}

/**
 * Derives the seed of environment `index` in a group from the one seed of the group. Environment 0 gets that seed
 * itself. All derived seeds are in the same split, and they all differ (up to a million environments).
 *
 * @throws RangeError unless `seed` is a non-negative safe integer
 */
export function deriveSeed(seed: number, index: number): number {
  assertSeed(seed);
  const split = splitOfSeed(seed);
  const [first, end] = split === null ? [SEED_RANGES.test[1], 2 ** 32] : SEED_RANGES[split];
  if (index === 0) {
    return seed;
  }
  // A stride that shares no factor with the size of the range visits every seed before it repeats one.
  const size = end - first;
  let stride = hash32(seed, Math.floor(seed / 2 ** 32), 1) % size;
  while (greatestCommonDivisor(stride, size) !== 1) {
    stride = (stride + 1) % size;
  }
  const position = (BigInt((seed - first) % size) + BigInt(index) * BigInt(stride)) % BigInt(size);
  return first + Number(position);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
