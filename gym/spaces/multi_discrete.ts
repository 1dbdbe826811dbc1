import type { RandomStream } from "../../kernel/random.ts";
import type { Space } from "./space.ts";

/** Several independent choices. Choice i is a whole number from 0 to `nvec[i] - 1`. Elements are Int32Arrays. */
export class MultiDiscrete implements Space<Int32Array> {
  readonly kind = "multi-discrete";
  readonly size: number;
  readonly nvec: readonly number[];

  /** @throws RangeError unless `nvec` holds positive whole numbers, at least one */
  constructor(nvec: readonly number[]) {
    if (nvec.length === 0 || nvec.some((n) => !Number.isSafeInteger(n) || n < 1)) {
      throw new RangeError(`MultiDiscrete: nvec must be positive whole numbers, got [${nvec.join(", ")}]`);
    }
    this.nvec = Object.freeze([...nvec]);
    this.size = nvec.length;
  }

  sample(random: RandomStream): Int32Array {
    return Int32Array.from(this.nvec, (n) => random.integer(n));
  }

  contains(value: unknown): value is Int32Array {
    return (
      value instanceof Int32Array &&
      value.length === this.size &&
      value.every((choice, i) => choice >= 0 && choice < this.nvec[i])
    );
  }

  flattenInto(value: Int32Array, out: Float32Array, offset: number): void {
    out.set(value, offset);
  }

  unflatten(flat: ArrayLike<number>, offset = 0): Int32Array {
    return Int32Array.from(this.nvec, (_, i) => flat[offset + i]);
  }

  toString(): string {
    return `MultiDiscrete([${this.nvec.join(", ")}])`;
  }

  toJSON() {
    return { kind: this.kind, nvec: [...this.nvec] };
  }
}
