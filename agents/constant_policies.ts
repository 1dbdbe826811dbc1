import { Discrete, MultiBinary, MultiDiscrete, type Space } from "../gym/spaces.ts";
import type { RandomStream } from "../kernel/random.ts";

/** Episodes that every constant plays in the first round; each round that follows has twice as many. Source: choice. */
const FIRST_EPISODES = 6;

/** Share of the constants that goes on to the next round. Source: choice. */
const KEPT = 1 / 4;

/** Rounds. */
const ROUNDS = 3;

/**
 * Numbers of alternatives of a categorical action's choices.
 *
 * @throws RangeError for a space of another kind
 */
export function alternativesOf(space: Space<unknown>): number[] {
  if (space instanceof Discrete) return [space.n];
  if (space instanceof MultiDiscrete) return [...space.nvec];
  if (space instanceof MultiBinary) return new Array<number>(space.n).fill(2);
  throw new RangeError(`constant policies are of Discrete, MultiDiscrete and MultiBinary actions, got ${space}`);
}

/** Sum of numbers. */
export function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Sets the biases of all alternatives so that those of `constant` score `margin` more than the others. */
export function setConstant(
  biases: Float32Array,
  counts: readonly number[],
  constant: Int32Array,
  margin: number,
): void {
  biases.fill(0);
  let first = 0;
  counts.forEach((count, choice) => {
    biases[first + constant[choice]] = margin;
    first += count;
  });
}

/**
 * The best of the first alternatives and `tried` - 1 constants drawn at random, by successive halving: all play a few common
 * episodes, the best quarter of them more, and so on; the mean over all episodes of those that are left decides.
 *
 * @param play what a constant makes of an episode of that number; more is better
 */
export function bestConstant(
  counts: readonly number[],
  tried: number,
  random: RandomStream,
  play: (constant: Int32Array, episode: number) => number,
): Int32Array {
  let left = Array.from({ length: tried }, (_, i) => ({
    constant: Int32Array.from(counts, (count) => (i === 0 ? 0 : random.integer(count))),
    sum: 0,
  }));
  let episode = 0;
  let episodes = FIRST_EPISODES;
  for (let round = 0; round < ROUNDS && left.length > 1; round++) {
    for (const one of left) {
      for (let i = 0; i < episodes; i++) one.sum += play(one.constant, episode + i);
    }
    left.sort((a, b) => b.sum - a.sum);
    left = left.slice(0, Math.max(1, Math.ceil(left.length * KEPT)));
    episode += episodes;
    episodes *= 2;
  }
  return left[0].constant;
}
