import { expect, test } from "vitest";
import { flattenRows, meanReward, unflattenRows } from "../../gym/rows.ts";
import { Box, Discrete, MultiBinary, type Space } from "../../gym/spaces.ts";

test.each([
  ["Box", new Box(-1, 1, [2]), 1, Float32Array.of(0.25, -0.5), [0.25, -0.5]],
  ["Box", new Box(-1, 1, [2]), 2, Float32Array.of(0.25, -0.5, 1, 0), [0.25, -0.5, 1, 0]],
  ["Discrete", new Discrete(5), 1, 3, [3]],
  ["Discrete", new Discrete(5), 3, Int32Array.of(3, 0, 4), [3, 0, 4]],
  ["MultiBinary", new MultiBinary(2), 2, Uint8Array.of(1, 0, 0, 1), [1, 0, 0, 1]],
] as const)("%s: rows are flattened one after another and read back", (_, space: Space<unknown>, rows, value, flat) => {
  const out = new Float32Array(flat.length + 2).fill(9);
  flattenRows(space, value, rows, out, 1);
  expect([...out]).toEqual([9, ...flat, 9]);
  expect(unflattenRows(space, out.subarray(1, -1), rows)).toEqual(value);
});

test("the reward of several rows is their mean", () => {
  expect(meanReward(0.25)).toBe(0.25);
  expect(meanReward(Float32Array.of(1, 2, 6))).toBe(3);
});
