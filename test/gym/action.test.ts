import { expect, test } from "vitest";
import { sampleAction } from "../../gym/action.ts";
import { Box, Discrete, MultiBinary, MultiDiscrete, type Space } from "../../gym/spaces.ts";
import { randomStream } from "../../kernel/random.ts";

/** How often each action comes up in 3000 draws. */
function frequencies(actionSpace: Space<unknown>, rows: number, mask: Uint8Array | null): Record<string, number> {
  const random = randomStream(0, "test/action");
  const counts: Record<string, number> = {};
  for (let i = 0; i < 3000; i++) {
    const action = String(sampleAction({ actionSpace, rows, actionMask: () => mask }, random));
    counts[action] = (counts[action] ?? 0) + 1;
  }
  return counts;
}

test.each<[string, Space<unknown>, number, number[] | null, string[]]>([
  ["all without a mask", new Discrete(3), 1, null, ["0", "1", "2"]],
  ["all that are legal", new Discrete(4), 1, [0, 1, 1, 0], ["1", "2"]],
  ["from the space's start on", new Discrete(3, -1), 1, [1, 0, 1], ["-1", "1"]],
  ["each choice by its own mask", new MultiDiscrete([2, 3]), 1, [1, 0, 0, 1, 1], ["0,1", "0,2"]],
  ["each row by its own mask", new Discrete(2), 2, [1, 1, 0, 1], ["0,1", "1,1"]],
  ["rows of several choices", new MultiDiscrete([2, 2]), 2, [1, 0, 1, 1, 0, 1, 1, 0], ["0,0,1,0", "0,1,1,0"]],
])("draws %s, about equally often", (_, space, rows, mask, expected) => {
  const counts = frequencies(space, rows, mask && Uint8Array.from(mask));
  expect(Object.keys(counts).sort()).toEqual(expected.toSorted());
  for (const count of Object.values(counts)) {
    // Five standard deviations of a binomial draw.
    const share = 1 / expected.length;
    expect(Math.abs(count - 3000 * share)).toBeLessThan(5 * Math.sqrt(3000 * share * (1 - share)));
  }
});

test("several rows come as the array of their space", () => {
  const draw = (actionSpace: Space<unknown>) =>
    sampleAction({ actionSpace, rows: 2, actionMask: () => null }, randomStream(0, "test/action"));
  expect(draw(new Discrete(2))).toBeInstanceOf(Int32Array);
  const boxes = draw(new Box(2, 3, [2])) as unknown as Float32Array;
  expect(boxes).toBeInstanceOf(Float32Array);
  expect(boxes).toHaveLength(4);
  expect(boxes.every((value) => value >= 2)).toBe(true);
});

test("masks that allow nothing, or that a space cannot have, are refused", () => {
  expect(() => frequencies(new Discrete(2), 1, new Uint8Array(2))).toThrow("allows none of 2 alternatives");
  expect(() => frequencies(new MultiBinary(2), 1, new Uint8Array(1))).toThrow("MultiBinary(2) has no action masks");
});

test("rows of a box that do not decide have actions all the same", () => {
  const draw = (mask: Uint8Array | null) =>
    sampleAction({ actionSpace: new Box(2, 3), rows: 3, actionMask: () => mask }, randomStream(0, "test/action"));
  expect(draw(Uint8Array.of(0, 1, 0))).toEqual(draw(null));
});
