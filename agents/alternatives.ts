import { Discrete, MultiBinary, MultiDiscrete, type Space } from "../gym/spaces.ts";

/**
 * The number of alternatives of each choice in a categorical action.
 *
 * @throws RangeError when the space is not Discrete, MultiDiscrete or MultiBinary
 */
export function alternativesOf(space: Space<unknown>): number[] {
  if (space instanceof Discrete) return [space.n];
  if (space instanceof MultiDiscrete) return [...space.nvec];
  if (space instanceof MultiBinary) return new Array<number>(space.n).fill(2);
  throw new RangeError(`alternatives are of Discrete, MultiDiscrete and MultiBinary actions, got ${space}`);
}

/** The index of the network output that belongs to each choice's first alternative. */
export function firstOutputs(counts: readonly number[]): number[] {
  let next = 0;
  return counts.map((count) => {
    next += count;
    return next - count;
  });
}
