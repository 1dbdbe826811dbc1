import type { RandomStream } from "../../kernel/random.ts";

/**
 * A set of values: the possible observations or actions.
 *
 * @typeParam T the type of an element
 */
export interface Space<T> {
  /** The kind of space. */
  readonly kind: "box" | "discrete" | "multi-discrete" | "multi-binary" | "dict" | "tuple";
  /** Number of numbers of a flattened element. */
  readonly size: number;
  /** A random element. Box: uniform within bounds, normal or exponential where a side is unbounded. */
  sample(random: RandomStream): T;
  /** Whether `value` is an element: type, shape and bounds. NaN is in no space. */
  contains(value: unknown): value is T;
  /** Writes an element's `size` numbers into `out` at `offset` (Discrete: the number itself, not one-hot). */
  flattenInto(value: T, out: Float32Array, offset: number): void;
  /** Reads the element whose numbers stand in `flat` at `offset`: the inverse of `flattenInto`. */
  unflatten(flat: ArrayLike<number>, offset?: number): T;
  /** Short text for messages, e.g. `Discrete(2)`. */
  toString(): string;
  /** Plain data from which `spaceFromJSON` makes an equal space. It writes an infinite bound as "Infinity". */
  toJSON(): unknown;
}
