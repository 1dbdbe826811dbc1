import { describe } from "../describe.ts";
import { Box } from "./box.ts";
import { Dict } from "./dict.ts";
import { Discrete } from "./discrete.ts";
import { MultiBinary } from "./multi_binary.ts";
import { MultiDiscrete } from "./multi_discrete.ts";
import type { Space } from "./space.ts";
import { Tuple } from "./tuple.ts";

/**
 * Makes the space that `Space.toJSON` described.
 *
 * @throws TypeError when `json` is not such a description; RangeError when its numbers are invalid for the space
 */
export function spaceFromJSON(json: unknown): Space<unknown> {
  const { kind, ...rest } = asRecord("a space", json);
  switch (kind) {
    case "box":
      return new Box(numbers("box.low", rest.low), numbers("box.high", rest.high), numbers("box.shape", rest.shape));
    case "discrete":
      return new Discrete(number("discrete.n", rest.n), number("discrete.start", rest.start));
    case "multi-discrete":
      return new MultiDiscrete(numbers("multi-discrete.nvec", rest.nvec));
    case "multi-binary":
      return new MultiBinary(number("multi-binary.n", rest.n));
    case "dict":
      return new Dict(
        Object.fromEntries(
          Object.entries(asRecord("dict.spaces", rest.spaces)).map(([name, space]) => [name, spaceFromJSON(space)]),
        ),
      );
    case "tuple":
      return new Tuple(asArray("tuple.spaces", rest.spaces).map(spaceFromJSON));
    default:
      throw new TypeError(
        `kind of space must be box, discrete, multi-discrete, multi-binary, dict or tuple, got ${describe(kind)}`,
      );
  }
}

function asRecord(name: string, value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError(`${name} must be an object, got ${describe(value)}`);
  }
  return value as Record<string, unknown>;
}

function asArray(name: string, value: unknown): unknown[] {
  if (!Array.isArray(value)) {
    throw new TypeError(`${name} must be an array, got ${describe(value)}`);
  }
  return value;
}

function numbers(name: string, value: unknown): number[] {
  return asArray(name, value).map((entry, i) => number(`${name}[${i}]`, entry));
}

function number(name: string, value: unknown): number {
  if (value === "Infinity" || value === "-Infinity") {
    return Number(value);
  }
  if (typeof value !== "number") {
    throw new TypeError(`${name} must be a number, got ${describe(value)}`);
  }
  return value;
}
