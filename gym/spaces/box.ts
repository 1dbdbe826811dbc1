import type { RandomStream } from "../../kernel/random.ts";
import { describe } from "../describe.ts";
import type { Space } from "./space.ts";

/** A bound of a Box: one number for all sides, or one number per side. */
export type Bound = number | ArrayLike<number>;

/**
 * A box in R^n. Each side has its own bounds, which may be infinite. Elements are Float32Arrays of length `size`; an
 * element of several dimensions is stored row-major. Bounds are rounded to 32 bits, as the elements are.
 */
export class Box implements Space<Float32Array> {
  readonly kind = "box";
  readonly size: number;
  readonly shape: readonly number[];
  /** Lower bound of every side; -Infinity where there is none. */
  readonly low: Float32Array;
  /** Upper bound of every side; Infinity where there is none. */
  readonly high: Float32Array;

  /**
   * @param shape dimensions of an element; needed unless a bound is an array
   * @throws RangeError on bounds that are NaN or in the wrong order, and on a number of bounds that does not fit the
   *   shape
   */
  constructor(low: Bound, high: Bound, shape?: readonly number[]) {
    this.shape = Object.freeze([...(shape ?? [lengthOf(low) ?? lengthOf(high) ?? 1])]);
    if (this.shape.some((length) => !Number.isSafeInteger(length) || length < 1)) {
      throw new RangeError(`Box: the shape must be positive whole numbers, got ${describe(this.shape)}`);
    }
    this.size = this.shape.reduce((product, length) => product * length, 1);
    this.low = boundArray("low", low, this.size);
    this.high = boundArray("high", high, this.size);
    for (let i = 0; i < this.size; i++) {
      if (!(this.low[i] <= this.high[i]) || this.low[i] === Infinity || this.high[i] === -Infinity) {
        throw new RangeError(`Box: side ${i} has the bounds ${this.low[i]} to ${this.high[i]}`);
      }
    }
  }

  sample(random: RandomStream): Float32Array {
    const element = new Float32Array(this.size);
    for (let i = 0; i < this.size; i++) {
      element[i] = sampleSide(this.low[i], this.high[i], random);
    }
    return element;
  }

  contains(value: unknown): value is Float32Array {
    if (!(value instanceof Float32Array) || value.length !== this.size) {
      return false;
    }
    for (let i = 0; i < value.length; i++) {
      if (!(value[i] >= this.low[i] && value[i] <= this.high[i])) {
        return false;
      }
    }
    return true;
  }

  flattenInto(value: Float32Array, out: Float32Array, offset: number): void {
    out.set(value, offset);
  }

  unflatten(flat: ArrayLike<number>, offset = 0): Float32Array {
    const element = new Float32Array(this.size);
    for (let i = 0; i < this.size; i++) {
      element[i] = flat[offset + i];
    }
    return element;
  }

  toString(): string {
    return `Box(${boundText(this.low)}, ${boundText(this.high)}, [${this.shape.join(", ")}])`;
  }

  toJSON() {
    return {
      kind: this.kind,
      low: Array.from(this.low, numberToJSON),
      high: Array.from(this.high, numberToJSON),
      shape: [...this.shape],
    };
  }
}

function lengthOf(bound: Bound): number | undefined {
  return typeof bound === "number" ? undefined : bound.length;
}

function boundArray(name: string, bound: Bound, size: number): Float32Array {
  if (typeof bound === "number") {
    return new Float32Array(size).fill(bound);
  }
  if (bound.length !== size) {
    throw new RangeError(`Box: ${name} has ${bound.length} numbers, the shape has ${size}`);
  }
  return Float32Array.from(bound);
}

function sampleSide(low: number, high: number, random: RandomStream): number {
  if (low === -Infinity) {
    return high === Infinity ? random.normal() : high - random.exponential();
  }
  // Rounding to 32 bits can move a number just below `high` to `high`, which is inside, but never beyond it.
  return high === Infinity ? low + random.exponential() : random.uniform(low, high);
}

function boundText(bound: Float32Array): string {
  return bound.every((side) => side === bound[0]) ? describe(bound[0]) : describe(bound);
}

function numberToJSON(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}
