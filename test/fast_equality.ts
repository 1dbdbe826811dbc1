import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";

/**
 * Lets `toEqual` ask Node first: equal traces of typed arrays are found equal many times faster than element by element.
 * What Node calls different, such as an asymmetric matcher and a number, the matcher decides as usual.
 */
expect.addEqualityTesters([
  (one: unknown, other: unknown) => {
    const objects = typeof one === "object" && typeof other === "object" && one !== null && other !== null;
    return objects && isDeepStrictEqual(one, other) ? true : undefined;
  },
]);
