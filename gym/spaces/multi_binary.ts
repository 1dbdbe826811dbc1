import type { RandomStream } from "../../kernel/random.ts";
import type { Space } from "./space.ts";

/** `n` independent switches, each 0 or 1. Elements are Uint8Arrays. */
export class MultiBinary implements Space<Uint8Array> {
  readonly kind = "multi-binary";
  readonly size: number;
  readonly n: number;

  /** @throws RangeError unless `n` is a positive whole number */
  constructor(n: number) {
    if (!Number.isSafeInteger(n) || n < 1) {
      throw new RangeError(`MultiBinary: n must be a positive whole number, got ${n}`);
    }
    this.n = n;
    this.size = n;
  }

  sample(random: RandomStream): Uint8Array {
    return Uint8Array.from({ length: this.n }, () => random.integer(2));
  }

  contains(value: unknown): value is Uint8Array {
    return value instanceof Uint8Array && value.length === this.n && value.every((bit) => bit <= 1);
  }

  flattenInto(value: Uint8Array, out: Float32Array, offset: number): void {
    out.set(value, offset);
  }

  unflatten(flat: ArrayLike<number>, offset = 0): Uint8Array {
    return Uint8Array.from({ length: this.n }, (_, i) => flat[offset + i]);
  }

  toString(): string {
    return `MultiBinary(${this.n})`;
  }

  toJSON() {
    return { kind: this.kind, n: this.n };
  }
}
