import { expect, it } from "vitest";
import { registry } from "../../../envs/index.ts";
import type { Box } from "../../../gym/spaces.ts";
import { problems } from "../../../harness/problems/index.ts";

it.each(problems.map((problem) => [problem.id, problem.features] as const))(
  "names what is observed in %s",
  (id, features) => {
    const { shape } = registry.make(id).observationSpace as Box;
    expect(features).toHaveLength(shape[shape.length - 1]);
    expect(new Set(features).size).toBe(features?.length);
  },
);
