import type { RandomStream } from "../../kernel/random.ts";

/**
 * A set of values: what an observation or an action may be.
 *
 * @typeParam T an element's type
 */
export interface Space<T> {
  /** Which of the six kinds. */
  readonly kind: "box" | "discrete" | "multi-discrete" | "multi-binary" | "dict" | "tuple";
  /** How many numbers an element has when it is flattened into one Float32Array. */
  readonly size: number;
  /** A random element. Box: uniform within bounds, normal or exponential where a side is unbounded. */
  sample(random: RandomStream): T;
  /** Whether `value` is an element: type, shape and bounds. NaN is in no space. */
  contains(value: unknown): value is T;
  /** Writes an element's `size` numbers into `out` at `offset` (Discrete: the number itself, not one-hot). */
  flattenInto(value: T, out: Float32Array, offset: number): void;
  /** The element whose numbers stand in `flat` at `offset`; the inverse of `flattenInto`. */
  unflatten(flat: ArrayLike<number>, offset?: number): T;
  /** Short text for messages, e.g. `Discrete(2)`. */
  toString(): string;
  /** Plain data from which `spaceFromJSON` makes an equal space; infinite bounds are written as "Infinity". */
  toJSON(): unknown;
}
