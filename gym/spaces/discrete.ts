import type { RandomStream } from "../../kernel/random.ts";
import type { Space } from "./space.ts";

/** The whole numbers `start` to `start + n - 1`. Elements are numbers. */
export class Discrete implements Space<number> {
  readonly kind = "discrete";
  readonly size = 1;
  readonly n: number;
  readonly start: number;

  /** @throws RangeError unless `n` is a positive whole number and `start` a whole number */
  constructor(n: number, start = 0) {
    if (!Number.isSafeInteger(n) || n < 1) {
      throw new RangeError(`Discrete: n must be a positive whole number, got ${n}`);
    }
    if (!Number.isSafeInteger(start)) {
      throw new RangeError(`Discrete: start must be a whole number, got ${start}`);
    }
    this.n = n;
    this.start = start;
  }

  sample(random: RandomStream): number {
    return this.start + random.integer(this.n);
  }

  contains(value: unknown): value is number {
    return Number.isInteger(value) && (value as number) >= this.start && (value as number) < this.start + this.n;
  }

  flattenInto(value: number, out: Float32Array, offset: number): void {
    out[offset] = value;
  }

  unflatten(flat: ArrayLike<number>, offset = 0): number {
    return flat[offset];
  }

  toString(): string {
    return this.start === 0 ? `Discrete(${this.n})` : `Discrete(${this.n}, start ${this.start})`;
  }

  toJSON() {
    return { kind: this.kind, n: this.n, start: this.start };
  }
}
