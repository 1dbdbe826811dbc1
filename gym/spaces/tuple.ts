import type { RandomStream } from "../../kernel/random.ts";
import type { Space } from "./space.ts";

/** One element of each of several spaces, as an array in the order of the spaces. */
export class Tuple implements Space<unknown[]> {
  readonly kind = "tuple";
  readonly size: number;
  readonly spaces: readonly Space<unknown>[];

  constructor(spaces: readonly Space<unknown>[]) {
    this.spaces = Object.freeze([...spaces]);
    this.size = spaces.reduce((sum, space) => sum + space.size, 0);
  }

  sample(random: RandomStream): unknown[] {
    return this.spaces.map((space) => space.sample(random));
  }

  contains(value: unknown): value is unknown[] {
    return (
      Array.isArray(value) &&
      value.length === this.spaces.length &&
      this.spaces.every((space, i) => space.contains(value[i]))
    );
  }

  flattenInto(value: unknown[], out: Float32Array, offset: number): void {
    let next = offset;
    for (let i = 0; i < this.spaces.length; i++) {
      this.spaces[i].flattenInto(value[i], out, next);
      next += this.spaces[i].size;
    }
  }

  unflatten(flat: ArrayLike<number>, offset = 0): unknown[] {
    let next = offset;
    return this.spaces.map((space) => {
      const element = space.unflatten(flat, next);
      next += space.size;
      return element;
    });
  }

  toString(): string {
    return `Tuple(${this.spaces.join(", ")})`;
  }

  toJSON() {
    return { kind: this.kind, spaces: this.spaces.map((space) => space.toJSON()) };
  }
}
