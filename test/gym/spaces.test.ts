import fc from "fast-check";
import { describe, expect, expectTypeOf, test } from "vitest";
import {
  Box,
  containsRows,
  createRows,
  Dict,
  Discrete,
  MultiBinary,
  MultiDiscrete,
  maskSize,
  type Space,
  spaceFromJSON,
  Tuple,
} from "../../gym/spaces.ts";
import { randomStream } from "../../kernel/random.ts";

const INFINITY = Number.POSITIVE_INFINITY;

const nested = new Dict({
  position: new Box([-1, 0], [1, INFINITY]),
  gear: new Discrete(5, -1),
  rest: new Tuple([new MultiBinary(3), new MultiDiscrete([2, 3]), new Box(-INFINITY, INFINITY, [2, 2])]),
});

const spaces: [string, Space<unknown>][] = [
  ["Box(-1, 1, [3])", new Box(-1, 1, [3])],
  ["Box([-Infinity, 0], Infinity, [2])", new Box([-INFINITY, 0], INFINITY)],
  ["Box(-Infinity, [0.1, 2], [2])", new Box(-INFINITY, [0.1, 2])],
  ["Discrete(4)", new Discrete(4)],
  ["Discrete(3, start -1)", new Discrete(3, -1)],
  ["MultiDiscrete([2, 5])", new MultiDiscrete([2, 5])],
  ["MultiBinary(4)", new MultiBinary(4)],
  [
    "Dict(position: Box([-1, 0], [1, Infinity], [2]), gear: Discrete(5, start -1), rest: Tuple(MultiBinary(3), MultiDiscrete([2, 3]), Box(-Infinity, Infinity, [2, 2])))",
    nested,
  ],
  ["Tuple(Discrete(2))", new Tuple([new Discrete(2)])],
];

describe.each(spaces)("%s", (text, space) => {
  test("is called that", () => {
    expect(String(space)).toBe(text);
  });

  test("contains its samples, which differ", () => {
    const random = randomStream(0, "test/spaces");
    const seen = new Set<string>();
    for (let i = 0; i < 100; i++) {
      const sample = space.sample(random);
      expect(space.contains(sample)).toBe(true);
      seen.add(JSON.stringify(sample));
    }
    expect(seen.size).toBeGreaterThan(1);
  });

  test("samples the same from the same stream", () => {
    const draw = () => space.sample(randomStream(3, "test/spaces"));
    expect(draw()).toEqual(draw());
  });

  test("reads back what it flattened, at any offset", () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(5), (seed, offset) => {
        const sample = space.sample(randomStream(seed, "test/spaces"));
        const flat = new Float32Array(offset + space.size);
        space.flattenInto(sample, flat, offset);
        expect(space.unflatten(flat, offset)).toEqual(sample);
      }),
    );
  });

  test("survives JSON", () => {
    const again = spaceFromJSON(JSON.parse(JSON.stringify(space)));
    expect(again).toEqual(space);
    expect(again.constructor).toBe(space.constructor);
  });

  test.each([undefined, null, Number.NaN, "0", {}, [], new Float64Array(3)])("does not contain %o", (value) => {
    expect(space.contains(value)).toBe(false);
  });
});

describe("contains", () => {
  test.each<[Space<unknown>, unknown, boolean]>([
    [new Box(-1, 1, [2]), Float32Array.of(-1, 1), true],
    [new Box(-1, 1, [2]), Float32Array.of(-1, 1.0001), false],
    [new Box(-1, 1, [2]), Float32Array.of(0, Number.NaN), false],
    [new Box(-1, 1, [2]), Float32Array.of(0), false],
    [new Box(-1, 1, [2]), [0, 0], false],
    [new Box(0.1, 0.1, [1]), Float32Array.of(0.1), true],
    [new Box(-INFINITY, INFINITY, [1]), Float32Array.of(INFINITY), true],
    [new Discrete(3), 2, true],
    [new Discrete(3), 3, false],
    [new Discrete(3), -1, false],
    [new Discrete(3), 0.5, false],
    [new Discrete(3, -1), -1, true],
    [new Discrete(3, -1), 2, false],
    [new MultiDiscrete([2, 3]), Int32Array.of(1, 2), true],
    [new MultiDiscrete([2, 3]), Int32Array.of(2, 2), false],
    [new MultiDiscrete([2, 3]), Int32Array.of(-1, 2), false],
    [new MultiDiscrete([2, 3]), Int32Array.of(1), false],
    [new MultiDiscrete([2, 3]), Float32Array.of(1, 2), false],
    [new MultiBinary(2), Uint8Array.of(0, 1), true],
    [new MultiBinary(2), Uint8Array.of(0, 2), false],
    [new MultiBinary(2), Int32Array.of(0, 1), false],
    [new Dict({ a: new Discrete(2) }), { a: 1 }, true],
    [new Dict({ a: new Discrete(2) }), { a: 2 }, false],
    [new Dict({ a: new Discrete(2) }), { a: 1, b: 1 }, false],
    [new Dict({ a: new Discrete(2) }), { b: 1 }, false],
    [new Tuple([new Discrete(2), new Discrete(3)]), [1, 2], true],
    [new Tuple([new Discrete(2), new Discrete(3)]), [2, 1], false],
    [new Tuple([new Discrete(2), new Discrete(3)]), [1], false],
  ])("%s: %o is %s", (space, value, expected) => {
    expect(space.contains(value)).toBe(expected);
  });
});

test("the type of an element follows from the space", () => {
  expectTypeOf(new Box(0, 1).sample).returns.toEqualTypeOf<Float32Array>();
  expectTypeOf(new Discrete(2).sample).returns.toEqualTypeOf<number>();
  expectTypeOf(new MultiDiscrete([2]).sample).returns.toEqualTypeOf<Int32Array>();
  expectTypeOf(new MultiBinary(2).sample).returns.toEqualTypeOf<Uint8Array>();
});

describe("what makes no space is refused", () => {
  test.each<[() => unknown, string]>([
    [() => new Box(1, 0), "Box: side 0 has the bounds 1 to 0"],
    [() => new Box(Number.NaN, 0), "Box: side 0 has the bounds NaN to 0"],
    [() => new Box([0, 0], [1, 1, 1]), "Box: high has 3 numbers, the shape has 2"],
    [() => new Box(0, 1, [0]), "Box: the shape must be positive whole numbers, got [0]"],
    [() => new Box(INFINITY, INFINITY), "Box: side 0 has the bounds Infinity to Infinity"],
    [() => new Discrete(0), "Discrete: n must be a positive whole number, got 0"],
    [() => new Discrete(2, 0.5), "Discrete: start must be a whole number, got 0.5"],
    [() => new MultiDiscrete([]), "MultiDiscrete: nvec must be positive whole numbers, got []"],
    [() => new MultiDiscrete([2, 0]), "MultiDiscrete: nvec must be positive whole numbers, got [2, 0]"],
    [() => new MultiBinary(1.5), "MultiBinary: n must be a positive whole number, got 1.5"],
    [
      () => spaceFromJSON({ kind: "sphere" }),
      'kind of space must be box, discrete, multi-discrete, multi-binary, dict or tuple, got "sphere"',
    ],
    [() => spaceFromJSON(3), "a space must be an object, got 3"],
    [() => spaceFromJSON({ kind: "discrete", n: "2", start: 0 }), 'discrete.n must be a number, got "2"'],
    [
      () => spaceFromJSON({ kind: "box", low: [0, null], high: [1, 1], shape: [2] }),
      "box.low[1] must be a number, got null",
    ],
    [() => spaceFromJSON({ kind: "tuple", spaces: {} }), "tuple.spaces must be an array, got {}"],
  ])("%s", (make, message) => {
    expect(make).toThrow(message);
  });
});

describe("rows", () => {
  test("maskSize counts the entries of one row's mask", () => {
    expect(maskSize(new Discrete(7, 3))).toBe(7);
    expect(maskSize(new MultiDiscrete([2, 5]))).toBe(7);
    expect(maskSize(new Box(0, 1, [3]))).toBe(1);
    expect(maskSize(new MultiBinary(3))).toBe(0);
  });

  test.each<[Space<unknown>, unknown, boolean]>([
    [new Discrete(3), Int32Array.of(0, 2), true],
    [new Discrete(3), Int32Array.of(0, 3), false],
    [new Discrete(3), Float32Array.of(0, 2), false],
    [new Discrete(3), Int32Array.of(0), false],
    [new Box(0, 1, [2]), Float32Array.of(0, 1, 0, 1), true],
    [new Box(0, 1, [2]), Float32Array.of(0, 1, 0, 2), false],
    [new MultiDiscrete([2, 3]), Int32Array.of(1, 2, 1, 2), true],
    [new MultiDiscrete([2, 3]), Int32Array.of(1, 2, 2, 1), false],
    [new MultiBinary(1), Uint8Array.of(0, 1), true],
  ])("two rows of %s: %o is %s", (space, value, expected) => {
    expect(containsRows(space, value, 2)).toBe(expected);
  });

  test("one row is an element", () => {
    expect(containsRows(new Discrete(3), 2, 1)).toBe(true);
  });

  test("Dict and Tuple have no row-major form", () => {
    expect(() => createRows(new Tuple([new Discrete(2)]), 2)).toThrow("Tuple(Discrete(2)) has no row-major form");
  });
});
