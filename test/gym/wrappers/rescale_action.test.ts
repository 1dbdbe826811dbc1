import { expect, test } from "vitest";
import type { StepResult } from "../../../gym/env.ts";
import { Box, Discrete } from "../../../gym/spaces.ts";
import { RescaleAction } from "../../../gym/wrappers/rescale_action.ts";
import { Toy } from "../toy_env.ts";

/** Keeps what it was asked to do. */
class Listener extends Toy {
  override readonly actionSpace = new Box([0, -10], [4, 30]);
  heard: Float32Array[] = [];

  override step(action: Float32Array): StepResult<Float32Array> {
    expect(this.rows > 1 || this.actionSpace.contains(action)).toBe(true);
    this.heard.push(action.slice());
    return { observation: this.observe(), reward: 0, terminated: false, truncated: false, info: {} };
  }
}

test("stretches the agent's box to the environment's", () => {
  const inner = new Listener();
  const env = new RescaleAction(inner);
  expect(env.actionSpace).toEqual(new Box(-1, 1, [2]));
  env.reset({ seed: 0 });
  for (const action of [
    [-1, -1],
    [0, 0],
    [1, 1],
    [0.5, -0.5],
  ]) {
    env.step(Float32Array.from(action));
  }
  expect(inner.heard.map((action) => [...action])).toEqual([
    [0, -10],
    [2, 10],
    [4, 30],
    [3, 0],
  ]);
});

test("takes other bounds, and several rows", () => {
  const inner = new Listener({ rows: 2 });
  const env = new RescaleAction(inner, 0, 1);
  env.reset({ seed: 0 });
  env.step(Float32Array.of(0, 1, 0.5, 0.25));
  expect([...inner.heard[0]]).toEqual([0, 30, 2, 0]);
});

test("never leaves the environment's box by rounding", () => {
  const inner = Object.assign(new Listener(), { actionSpace: new Box(0.1, 0.7, [2]) });
  const env = new RescaleAction(inner, -0.3, 0.9);
  env.reset({ seed: 0 });
  env.step(Float32Array.of(0.9, -0.3));
  expect(inner.heard[0]).toEqual(Float32Array.of(0.7, 0.1));
});

test("refuses actions outside the agent's box", () => {
  const env = new RescaleAction(new Listener());
  env.reset({ seed: 0 });
  expect(() => env.step(Float32Array.of(0, 1.5))).toThrow("test/Toy-v1: action [0, 1.5] is not in Box(-1, 1, [2])");
});

test("refuses spaces without bounds and boxes that are none", () => {
  const discrete = Object.assign(new Listener(), { actionSpace: new Discrete(2) });
  expect(() => new RescaleAction(discrete)).toThrow("the actions must be a bounded Box, not Discrete(2)");
  const open = Object.assign(new Listener(), { actionSpace: new Box(0, Number.POSITIVE_INFINITY) });
  expect(() => new RescaleAction(open)).toThrow("the actions must be a bounded Box");
  expect(() => new RescaleAction(new Listener(), 1, 1)).toThrow("low must be below high, got 1 and 1");
});

test("a fork acts for itself", () => {
  const env = new RescaleAction(new Listener());
  env.reset({ seed: 0 });
  expect(env.fork().actionSpace).toEqual(env.actionSpace);
});
