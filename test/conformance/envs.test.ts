import { beforeAll, describe, expect, test } from "vitest";
import { registry } from "../../envs/index.ts";
import { CHECK_NAMES, checkEnv, type Finding } from "../../gym/check.ts";
import type { Split } from "../../gym/env.ts";
import { deriveSeed, SEED_RANGES } from "../../gym/seeds.ts";
import { SplitError } from "../../gym/split_guard.ts";
import { VectorEnv } from "../../gym/vector_env.ts";
import { compareWithSingles, stepsUntilTheyDiffer } from "./compare_with_singles.ts";

const ids = registry.list().map(({ id }) => id);

describe.each(ids)("%s", (id) => {
  describe.each([
    ["as made", true],
    ["without wrappers", false],
  ])("%s", (_, wrap) => {
    let findings: Finding[];

    beforeAll(() => {
      findings = checkEnv(registry.make(id, { wrap }));
    });

    test.each(CHECK_NAMES)("%s", (name) => {
      const { ok, message } = findings.find(({ check }) => check === name)!;
      expect(ok, message).toBe(true);
    });
  });

  describe("two of them in a VectorEnv", () => {
    const create = () => new VectorEnv([registry.make(id), registry.make(id)]);

    test.each(["same-step", "next-step", "disabled"] as const)("move as single ones do (%s)", (autoresetMode) => {
      expect(compareWithSingles(() => registry.make(id), 2, { autoresetMode, seed: 5, steps: 60 })).toBeNull();
    });

    test("differ from each other", () => {
      expect(stepsUntilTheyDiffer(create(), 3, 10)).not.toBeNull();
    });
  });

  describe("splits", () => {
    const spec = registry.spec(id);
    const splits = Object.keys(SEED_RANGES) as Split[];
    const usable = splits.filter(
      (split) => spec.workloads.length === 0 || spec.workloads.some((workload) => workload.split === split),
    );

    test.each(usable)("%s takes its own seeds and no others", (split) => {
      const env = registry.make(id, { splits: [split] });
      for (const other of splits) {
        const reset = () => env.reset({ seed: deriveSeed(SEED_RANGES[other][0], 1) });
        if (other === split) {
          expect(reset).not.toThrow();
        } else {
          expect(reset).toThrow(SplitError);
        }
      }
    });

    if (spec.options.some(({ name }) => name === "workload")) {
      test("training cannot open any other workload", () => {
        const env = registry.make(id, { splits: ["train"] });
        for (const { name, split } of spec.workloads.filter((workload) => workload.split !== "train")) {
          const reset = () => env.reset({ seed: 0, options: { workload: name } });
          expect(reset, `${name} of ${split}`).toThrow(SplitError);
        }
      });
    }
  });
});
