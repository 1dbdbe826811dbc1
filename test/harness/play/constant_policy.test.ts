import { describe, expect, it } from "vitest";
import { registry } from "../../../envs/index.ts";
import { constantPolicy } from "../../../harness/play/constant_policy.ts";
import { findPolicy } from "../../../harness/play/find_policy.ts";

describe.each(registry.list().map(({ id }) => id))("constant policies in %s", (id) => {
  it("act legally, always alike, and differ by their number", () => {
    const env = registry.make(id, { splits: ["train"], wrap: false });
    const first = (number: number) => {
      let { observation } = env.reset({ seed: 1 });
      const turn = constantPolicy(number).begin(env, 1);
      const actions: unknown[] = [];
      for (let step = 0; step < 20; step++) {
        const action = turn.decide(observation);
        actions.push(structuredClone(action));
        const result = turn.apply(action);
        observation = result.observation as typeof observation;
        if (result.terminated || result.truncated) break;
      }
      return actions;
    };
    expect(first(1)).toEqual(first(1));
    const different = new Set(Array.from({ length: 8 }, (_, number) => JSON.stringify(first(number))));
    expect(different.size).toBeGreaterThan(1);
  });
});

it("are found by name", () => {
  expect(findPolicy("gpu", "constant-12").name).toBe("constant-12");
  expect(() => findPolicy("gpu", "constant-")).toThrow(/unknown policy/);
});
