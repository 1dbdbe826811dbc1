import { describe, expect, test } from "vitest";
import { describe as text } from "../../gym/describe.ts";
import { editDistance, nearest, UnknownNameError } from "../../gym/nearest.ts";
import { checkOptions } from "../../gym/options.ts";
import { isPlainData } from "../../gym/plain_data.ts";
import { TOY_SPEC } from "./toy_env.ts";

describe("describe", () => {
  test.each<[unknown, string]>([
    [0.5, "0.5"],
    ["1", '"1"'],
    [undefined, "undefined"],
    [null, "null"],
    [Number.NaN, "NaN"],
    [[1, "a"], '[1, "a"]'],
    [Float32Array.of(0.1, Number.NaN, -3, 1e-8, 16_777_216), "[0.1, NaN, -3, 1e-8, 16777216]"],
    [Int32Array.of(1, 2), "Int32Array [1, 2]"],
    [{ a: 1, b: [2] }, "{ a: 1, b: [2] }"],
    [{}, "{}"],
    [new Uint8Array(20), `Uint8Array [${"0, ".repeat(16)}... 20 in all]`],
  ])("%o becomes %s", (value, expected) => {
    expect(text(value)).toBe(expected);
  });
});

describe("nearest", () => {
  test("takes no time for a long text", () => {
    const known = Array.from({ length: 200 }, (_, i) => `workload-${i}`);
    const { message } = new UnknownNameError("workload", "x".repeat(1_000_000), known);
    expect(message).toContain("known: workload-0, ");
  });

  test.each([
    ["", "abc", 3],
    ["abc", "abc", 0],
    ["kitten", "sitting", 3],
    ["flaw", "lawn", 2],
    ["toy", "tyo", 1],
  ])("from %s to %s it takes %d changes", (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });

  test("finds slips, not other words", () => {
    expect(nearest("tirering", ["cartpole", "tiering"])).toBe("tiering");
    expect(nearest("TIERING", ["cartpole", "tiering"])).toBe("tiering");
    expect(nearest("gpu", ["cartpole", "tiering"])).toBeNull();
  });

  test("an unknown name is told what there is", () => {
    expect(new UnknownNameError("agent", "pop", ["ppo", "es"]).message).toBe(
      'unknown agent "pop"; did you mean "ppo"?',
    );
    expect(new UnknownNameError("agent", "sac3", ["ppo"]).message).toBe('unknown agent "sac3"; known: ppo');
    expect(new UnknownNameError("agent", "x", []).message).toBe('unknown agent "x"; known: none');
  });
});

describe("checkOptions", () => {
  const spec = {
    ...TOY_SPEC,
    options: [
      ...TOY_SPEC.options,
      { name: "mode", type: "string", description: "", choices: ["a", "b"] },
      { name: "free", type: "number", description: "" },
    ] as const,
  };

  test("takes what the spec lists, and undefined", () => {
    expect(() => checkOptions({ alter_after: 100, mode: "a", free: -1e9 }, spec)).not.toThrow();
    expect(() => checkOptions({ alter_after: undefined }, spec)).not.toThrow();
  });

  test.each<[Record<string, unknown>, string]>([
    [{ alter_aftr: 1 }, 'unknown option of test/Toy-v1: "alter_aftr"; did you mean "alter_after"?'],
    [{ alter_after: "1" }, 'test/Toy-v1: option alter_after must be a number, got "1"'],
    [{ alter_after: 101 }, "test/Toy-v1: option alter_after must be from 0 to 100, got 101"],
    [{ free: Number.NaN }, "test/Toy-v1: option free must be from -Infinity to Infinity, got NaN"],
    [{ mode: "c" }, 'test/Toy-v1: option mode must be one of a, b, got "c"'],
  ])("refuses %o", (options, message) => {
    expect(() => checkOptions(options, spec)).toThrow(message);
  });
});

test("plain data is what JSON gives back unchanged", () => {
  expect(isPlainData({ a: [1, "b", null, true, { c: [] }] })).toBe(true);
  for (const value of [undefined, () => 1, Number.NaN, 1n, new Date(), new Float32Array(1), { a: undefined }]) {
    expect(isPlainData(value)).toBe(false);
  }
});
