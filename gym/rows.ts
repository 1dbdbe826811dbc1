import { createRows, type Space } from "./spaces.ts";

/**
 * Writes the observations (or actions) of all rows of one environment into a flat array, one after another.
 *
 * @param space of one row's element
 * @param value an element of the space with one row, the typed array of `createRows` with more
 * @param out receives `rows` x `space.size` numbers from `offset` on
 */
export function flattenRows(space: Space<unknown>, value: unknown, rows: number, out: Float32Array, offset = 0): void {
  if (rows === 1) {
    space.flattenInto(value, out, offset);
  } else {
    out.set(value as ArrayLike<number>, offset);
  }
}

/**
 * The inverse of `flattenRows`, as `Env.step` expects actions: an element of the space with one row, the typed array of
 * `createRows` with more.
 *
 * @param flat `rows` x `space.size` numbers
 */
export function unflattenRows(space: Space<unknown>, flat: Float32Array, rows: number): unknown {
  if (rows === 1) {
    return space.unflatten(flat);
  }
  const elements = createRows(space, rows);
  elements.set(flat);
  return elements;
}

/** The reward of one step as one number: with several rows, their mean. */
export function meanReward(reward: unknown): number {
  if (typeof reward === "number") {
    return reward;
  }
  const rows = reward as Float32Array;
  let sum = 0;
  for (let row = 0; row < rows.length; row++) sum += rows[row];
  return sum / rows.length;
}
