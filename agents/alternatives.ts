import { Discrete, MultiBinary, MultiDiscrete, type Space } from "../gym/spaces.ts";

/**
 * Numbers of alternatives of a categorical action's choices.
 *
 * @throws RangeError for a space of another kind
 */
export function alternativesOf(space: Space<unknown>): number[] {
  if (space instanceof Discrete) return [space.n];
  if (space instanceof MultiDiscrete) return [...space.nvec];
  if (space instanceof MultiBinary) return new Array<number>(space.n).fill(2);
  throw new RangeError(`alternatives are of Discrete, MultiDiscrete and MultiBinary actions, got ${space}`);
}

/** The network output of each choice's first alternative. */
export function firstOutputs(counts: readonly number[]): number[] {
  let next = 0;
  return counts.map((count) => {
    next += count;
    return next - count;
  });
}
