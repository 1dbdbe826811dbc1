import type { RandomStream } from "../../kernel/random.ts";
import type { Space } from "./space.ts";

/** One element of each of several named spaces. They are flattened in the order of the names in the constructor. */
export class Dict implements Space<Record<string, unknown>> {
  readonly kind = "dict";
  readonly size: number;
  readonly spaces: Readonly<Record<string, Space<unknown>>>;

  constructor(spaces: Readonly<Record<string, Space<unknown>>>) {
    this.spaces = Object.freeze({ ...spaces });
    this.size = Object.values(spaces).reduce((sum, space) => sum + space.size, 0);
  }

  sample(random: RandomStream): Record<string, unknown> {
    return mapValues(this.spaces, (space) => space.sample(random));
  }

  contains(value: unknown): value is Record<string, unknown> {
    if (typeof value !== "object" || value === null) {
      return false;
    }
    const names = Object.keys(this.spaces);
    return (
      Object.keys(value).length === names.length &&
      names.every((name) => Object.hasOwn(value, name) && this.spaces[name].contains(Reflect.get(value, name)))
    );
  }

  flattenInto(value: Record<string, unknown>, out: Float32Array, offset: number): void {
    let next = offset;
    for (const [name, space] of Object.entries(this.spaces)) {
      space.flattenInto(value[name], out, next);
      next += space.size;
    }
  }

  unflatten(flat: ArrayLike<number>, offset = 0): Record<string, unknown> {
    let next = offset;
    return mapValues(this.spaces, (space) => {
      const element = space.unflatten(flat, next);
      next += space.size;
      return element;
    });
  }

  toString(): string {
    return `Dict(${Object.entries(this.spaces)
      .map(([name, space]) => `${name}: ${space}`)
      .join(", ")})`;
  }

  toJSON() {
    return { kind: this.kind, spaces: mapValues(this.spaces, (space) => space.toJSON()) };
  }
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
