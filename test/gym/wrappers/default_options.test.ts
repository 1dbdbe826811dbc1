import { expect, test } from "vitest";
import type { ResetOptions } from "../../../gym/env.ts";
import { DefaultOptions } from "../../../gym/wrappers/default_options.ts";
import { Toy } from "../toy_env.ts";

/** Remembers what it was reset with. */
class Listening extends Toy {
  asked: ResetOptions[] = [];

  override reset(options: ResetOptions = {}) {
    this.asked.push(options);
    return super.reset(options);
  }
}

test("begins every episode with its settings, under those that a reset is given", () => {
  const toy = new Listening();
  const env = new DefaultOptions<Float32Array, number>(toy, { alter_after: 7 });
  env.reset({ seed: 1 });
  env.reset();
  env.reset({ seed: 2, options: { alter_after: 9 } });
  expect(toy.asked).toEqual([
    { seed: 1, options: { alter_after: 7 } },
    { seed: undefined, options: { alter_after: 7 } },
    { seed: 2, options: { alter_after: 9 } },
  ]);
  expect(env.unwrapped).toBe(toy);
});

test("a copy goes on alike and keeps the settings", () => {
  const env = new DefaultOptions<Float32Array, number>(new Toy(), { alter_after: 3 });
  env.reset({ seed: 1 });
  env.step(0);
  const copy = env.fork();
  expect(copy.step(1)).toEqual(env.step(1));
  expect(copy.reset({ seed: 2 })).toEqual(env.reset({ seed: 2 }));
  expect((copy as typeof env).options).toEqual({ alter_after: 3 });
});

test("an option that is undefined in a reset counts as not given, as everywhere", () => {
  const toy = new Listening();
  const env = new DefaultOptions<Float32Array, number>(toy, { alter_after: 7 });
  env.reset({ seed: 1, options: { alter_after: undefined } });
  expect(toy.asked).toEqual([{ seed: 1, options: { alter_after: 7 } }]);
});

test("keeps a copy of the options", () => {
  const options = { alter_after: 7 };
  const toy = new Listening();
  const env = new DefaultOptions<Float32Array, number>(toy, options);
  options.alter_after = 8;
  env.reset({ seed: 1 });
  expect(toy.alterAfter).toBe(7);
});
