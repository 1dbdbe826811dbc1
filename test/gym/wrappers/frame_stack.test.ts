import { expect, test } from "vitest";
import { Box, Discrete } from "../../../gym/spaces.ts";
import { FrameStack } from "../../../gym/wrappers/frame_stack.ts";
import { Toy } from "../toy_env.ts";

/** The positions (second number of each of three) that an observation shows, row by row. */
const positions = (observation: Float32Array) => [...observation].filter((_, i) => i % 3 === 1);

test("shows the last observations, the oldest first, and the first one several times", () => {
  const env = new FrameStack(new Toy(), 3);
  expect(env.observationSpace.shape).toEqual([3, 3]);
  expect(positions(env.reset({ seed: 0 }).observation)).toEqual([0, 0, 0]);
  expect(positions(env.step(0).observation)).toEqual([0, 0, 1]);
  env.step(0);
  const { observation } = env.step(0);
  expect(positions(observation)).toEqual([1, 2, 3]);
  expect(env.observe()).toEqual(observation);
  expect(env.observationSpace.contains(observation)).toBe(true);
  expect(positions(env.reset().observation)).toEqual([0, 0, 0]);
});

test("keeps rows apart", () => {
  const env = new FrameStack(new Toy({ rows: 2 }), 2);
  env.reset({ seed: 0 });
  const { observation } = env.step(Int32Array.of(0, 2));
  expect(positions(observation)).toEqual([0, 1, 0, 1]);
  const plain = new Toy({ rows: 2 });
  plain.reset({ seed: 0 });
  const last = plain.step(Int32Array.of(0, 2)).observation;
  expect(observation.slice(3, 6)).toEqual(last.slice(0, 3));
  expect(observation.slice(9, 12)).toEqual(last.slice(3, 6));
});

test("a fork has its own frames", () => {
  const env = new FrameStack(new Toy(), 2);
  env.reset({ seed: 0 });
  env.step(1);
  const copy = env.fork();
  copy.step(2);
  expect(env.fork().step(1)).toEqual(env.step(1));
});

test("refuses what it cannot stack", () => {
  const discrete = Object.assign(new Toy(), { observationSpace: new Discrete(3) });
  expect(() => new FrameStack(discrete, 2)).toThrow("the observations must be a Box, not Discrete(3)");
  expect(() => new FrameStack(new Toy(), 0)).toThrow("frames must be a positive whole number, got 0");
  expect(new FrameStack(new Toy(), 2).observationSpace).toEqual(
    new Box([0, 0, -1, 0, 0, -1], [1, 40, 1, 1, 40, 1], [2, 3]),
  );
});
