import { expect, it } from "vitest";
import type { Credits, ResetOptions } from "../../../gym/env.ts";
import { LateStart } from "../../../gym/wrappers/late_start.ts";
import { randomStream } from "../../../kernel/random.ts";
import { CREDIT_DELAY, creditsRegistry } from "../../agents/credits_env.ts";
import { Toy } from "../toy_env.ts";

const make = () => creditsRegistry.make("credits", { splits: ["train"] });

function late(latest: number) {
  let steps = 0;
  const env = new LateStart(make(), {
    latest,
    random: randomStream(1, "late"),
    rule: () => {
      steps++;
      return 0;
    },
  });
  return {
    env,
    /** Begins an episode; returns how many steps were passed over. */
    begin(seed?: number): number {
      steps = 0;
      env.reset({ seed });
      return steps;
    },
  };
}

it("passes over as many steps as are drawn, up to the latest, and credits count from there", () => {
  const { env, begin } = late(9);
  const starts = Array.from({ length: 100 }, (_, seed) => {
    const passed = begin(seed);
    for (let step = 0; step < 3; step++) {
      const { steps } = env.step(0).info.credits as Credits;
      const due = [step - CREDIT_DELAY, step - CREDIT_DELAY + 1].filter((of) => of + passed >= 0);
      expect([...steps]).toEqual(due);
    }
    return passed;
  });
  expect([...new Set(starts)].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

it("shows what the environment shows after these steps, and goes on alike after a fork", () => {
  const { env, begin } = late(4);
  const passed = begin(7);
  const plain = make();
  plain.reset({ seed: 7 });
  for (let i = 0; i < passed; i++) plain.step(0);
  expect(env.observe()).toEqual(plain.observe());
  const copy = env.fork();
  expect(copy.step(1)).toEqual(env.step(1));
  expect(copy.reset().observation).toEqual(env.reset().observation);
});

it("passes nothing over where the episode would be over", () => {
  const { env } = late(100_000);
  for (let seed = 0; seed < 5; seed++) {
    env.reset({ seed });
    // Of an episode's first step nothing is known yet; of a later one it would be.
    const { credits } = env.step(0).info as { credits: Credits };
    expect([...credits.steps]).toEqual([]);
  }
});

it("keeps the options of a reset where the rule ends the episode, but not its seed", () => {
  const toy = new Toy();
  const asked: (ResetOptions | undefined)[] = [];
  const reset = toy.reset.bind(toy);
  toy.reset = (options) => {
    asked.push(options);
    return reset(options);
  };
  // An episode of the toy lasts 40 steps.
  const env = new LateStart<Float32Array, number>(toy, { latest: 1e6, rule: () => 0, random: randomStream(1, "late") });
  env.reset({ seed: 3, options: { alter_after: 7 } });
  expect(asked).toEqual([{ seed: 3, options: { alter_after: 7 } }, { options: { alter_after: 7 } }]);
  expect([toy.alterAfter, toy.episode]).toEqual([7, 1]);
});

it("refuses a latest start that is no number of steps", () => {
  for (const latest of [-1, 0.5, Number.NaN]) {
    expect(() => late(latest)).toThrow("LateStart: latest must be a whole number of at least 0");
  }
});
