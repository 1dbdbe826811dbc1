import { expect, test } from "vitest";
import { TimeLimit } from "../../../gym/wrappers/time_limit.ts";
import { Toy } from "../toy_env.ts";

function flagsOf(env: TimeLimit<Float32Array, number>, steps: number): string {
  return Array.from({ length: steps }, () => {
    const { terminated, truncated } = env.step(0);
    return terminated ? "T" : truncated ? "t" : ".";
  }).join("");
}

test("truncates at the limit, and counts from the last reset", () => {
  const env = new TimeLimit<Float32Array, number>(new Toy(), 3);
  env.reset({ seed: 0 });
  expect(flagsOf(env, 3)).toBe("..t");
  env.reset();
  expect(flagsOf(env, 2)).toBe("..");
  env.reset();
  expect(flagsOf(env, 3)).toBe("..t");
});

test("leaves a termination on the last allowed step alone", () => {
  const env = new TimeLimit<Float32Array, number>(new Toy(), 40);
  env.reset({ seed: 0 });
  expect(flagsOf(env, 40)).toBe(`${".".repeat(39)}T`);
  env.reset();
  let last = env.step(0);
  while (!last.terminated) {
    last = env.step(0);
  }
  expect(last.truncated).toBe(false);
});

test("a fork has used up as many steps", () => {
  const env = new TimeLimit<Float32Array, number>(new Toy(), 3);
  env.reset({ seed: 0 });
  flagsOf(env, 2);
  expect(flagsOf(env.fork(), 1)).toBe("t");
  expect(flagsOf(env, 1)).toBe("t");
});

test.each([0, -1, 1.5, Number.NaN])("refuses a limit of %d", (limit) => {
  expect(() => new TimeLimit(new Toy(), limit)).toThrow(
    `TimeLimit: maxEpisodeSteps must be a positive whole number, got ${limit}`,
  );
});
