import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";

/** Marks a worker whose `expect` has the tester: this file is evaluated before every test file, `expect` stays. */
const ADDED = Symbol.for("ring0-gym/test/fast_equality");

/**
 * Lets `toEqual` ask Node first. Node finds traces of typed arrays equal many times faster than the matcher does, which
 * compares element by element. If Node finds a difference, such as a number and an asymmetric matcher, the matcher
 * decides as usual.
 */
if (!(ADDED in globalThis)) {
  Object.defineProperty(globalThis, ADDED, { value: true });
  expect.addEqualityTesters([
    (one: unknown, other: unknown) => {
      const objects = typeof one === "object" && typeof other === "object" && one !== null && other !== null;
      return objects && isDeepStrictEqual(one, other) ? true : undefined;
    },
  ]);
}
