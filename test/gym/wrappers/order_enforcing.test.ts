import { expect, test } from "vitest";
import { EnvUsageError } from "../../../gym/env.ts";
import { OrderEnforcing } from "../../../gym/wrappers/order_enforcing.ts";
import { TimeLimit } from "../../../gym/wrappers/time_limit.ts";
import { Toy } from "../toy_env.ts";

test("refuses everything but a reset before the first one", () => {
  const env = new OrderEnforcing(new Toy());
  for (const call of ["step", "observe", "actionMask", "render"] as const) {
    expect(() => env[call](0)).toThrow(
      new EnvUsageError(`test/Toy-v1: ${call} refused: no episode has begun; call reset first`),
    );
  }
});

test("refuses a step after the end, also one that a time limit made, but not a look", () => {
  const env = new OrderEnforcing(new TimeLimit(new Toy(), 2));
  env.reset({ seed: 0 });
  env.step(0);
  env.step(0);
  expect(() => env.step(0)).toThrow("test/Toy-v1: step refused: the episode has ended; call reset to begin another");
  expect(env.observe()[1]).toBe(2);
  expect(env.render()).toBe("2 of 40");
  env.reset();
  expect(() => env.step(0)).not.toThrow();
});

test("goes on after a refused action", () => {
  const env = new OrderEnforcing(new Toy());
  env.reset({ seed: 0 });
  expect(() => env.step(7)).toThrow("is not in Discrete(3)");
  expect(() => env.step(0)).not.toThrow();
});

test("refuses everything after close, except closing again", () => {
  const env = new OrderEnforcing(new Toy());
  env.reset({ seed: 0 });
  env.close();
  env.close();
  expect(() => env.reset()).toThrow("test/Toy-v1: reset refused: the environment is closed");
  expect(() => env.step(0)).toThrow("the environment is closed");
  expect(() => env.observe()).toThrow("the environment is closed");
});

test("a fork is in the same phase, and has its own from there on", () => {
  const env = new OrderEnforcing(new TimeLimit(new Toy(), 1));
  expect(() => env.fork().step(0)).toThrow("no episode has begun");
  env.reset({ seed: 0 });
  const copy = env.fork();
  env.step(0);
  expect(() => env.step(0)).toThrow("the episode has ended");
  expect(() => copy.step(0)).not.toThrow();
});
