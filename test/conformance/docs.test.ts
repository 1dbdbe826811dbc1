import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { registry } from "../../envs/index.ts";
import { Box, Discrete, type Space } from "../../gym/spaces.ts";
import { parseId } from "../../gym/spec.ts";
import { docstringSections, type Table, tableOf } from "./docstring.ts";

const HEADINGS = [
  "Description",
  "Action Space",
  "Observation Space",
  "Rewards",
  "Starting State",
  "Episode End",
  "Arguments",
  "Version History",
];

describe.each(registry.list().map((spec) => [spec.id, spec] as const))("the docstring of %s", (id, spec) => {
  const source = readFileSync(new URL(`../../${spec.source}`, import.meta.url), "utf8");
  const sections = docstringSections(source, id);
  const env = registry.make(id);

  test("has every heading, in order", () => {
    expect([...sections.keys()]).toEqual(HEADINGS);
  });

  test("has a row for each observation, with its bounds", () => {
    expectTable(tableOf(sections.get("Observation Space")!), env.observationSpace);
  });

  test("has a row for each action", () => {
    expectTable(tableOf(sections.get("Action Space")!), env.actionSpace);
  });

  test("names every option", () => {
    for (const { name } of spec.options) {
      expect(sections.get("Arguments")).toMatch(new RegExp(`\\b${name}\\b`));
    }
  });

  test("says when an episode is truncated, and what the version is", () => {
    if (spec.maxEpisodeSteps !== null) {
      expect(sections.get("Episode End")).toMatch(new RegExp(`Truncation: ${spec.maxEpisodeSteps} steps`));
    }
    expect(sections.get("Version History")).toContain(`v${parseId(id)!.version}:`);
  });
});

/** A Box has a row with bounds for each side, a Discrete space one for each alternative, others one for each number. */
function expectTable(table: Table, space: Space<unknown>): void {
  const first = space instanceof Discrete ? space.start : 0;
  const count = space instanceof Discrete ? space.n : space.size;
  expect(table.map(({ Num }) => Number(Num))).toEqual(Array.from({ length: count }, (_, i) => first + i));
  if (space instanceof Box) {
    expect(table.map(({ Min }) => Math.fround(Number(Min)))).toEqual([...space.low]);
    expect(table.map(({ Max }) => Math.fround(Number(Max)))).toEqual([...space.high]);
  }
}
