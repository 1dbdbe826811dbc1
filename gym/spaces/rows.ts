import { Discrete } from "./discrete.ts";
import { MultiDiscrete } from "./multi_discrete.ts";
import type { Space } from "./space.ts";

/**
 * Length of one row's action mask. Discrete: n. MultiDiscrete: the sum of nvec. Box: 1 (whether the row decides now).
 * Others: 0, they have no masks.
 */
export function maskSize(space: Space<unknown>): number {
  if (space instanceof Discrete) {
    return space.n;
  }
  if (space.kind === "box") {
    return 1;
  }
  return space instanceof MultiDiscrete ? space.nvec.reduce((sum, n) => sum + n, 0) : 0;
}

/** Number of alternatives of each choice of Discrete or MultiDiscrete; null for spaces without choices. */
export function alternatives(space: Space<unknown>): readonly number[] | null {
  if (space instanceof Discrete) return [space.n];
  return space instanceof MultiDiscrete ? space.nvec : null;
}

/** A typed array that holds the elements of several rows one after another. */
export type RowArray = Float32Array | Int32Array | Uint8Array;

/**
 * A new array for `rows` elements of `space`: a Float32Array for Box, an Int32Array for Discrete and MultiDiscrete, a
 * Uint8Array for MultiBinary.
 *
 * @throws RangeError for Dict and Tuple, which have no row-major form
 */
export function createRows(space: Space<unknown>, rows: number): RowArray {
  switch (space.kind) {
    case "box":
      return new Float32Array(rows * space.size);
    case "discrete":
    case "multi-discrete":
      return new Int32Array(rows * space.size);
    case "multi-binary":
      return new Uint8Array(rows * space.size);
    default:
      throw new RangeError(
        `${space} has no row-major form: several rows need Box, Discrete, MultiDiscrete or MultiBinary`,
      );
  }
}

/** Whether `value` holds `rows` elements of `space`: an element itself with one row, a `RowArray` with several. */
export function containsRows(space: Space<unknown>, value: unknown, rows: number): boolean {
  if (rows === 1) {
    return space.contains(value);
  }
  const form = createRows(space, rows);
  if (!(value instanceof form.constructor) || (value as RowArray).length !== form.length) {
    return false;
  }
  const array = value as RowArray;
  for (let row = 0; row < rows; row++) {
    const element = space.kind === "discrete" ? array[row] : array.subarray(row * space.size, (row + 1) * space.size);
    if (!space.contains(element)) {
      return false;
    }
  }
  return true;
}
