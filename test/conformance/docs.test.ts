import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { CONGESTION_FEATURES } from "../../envs/congestion/observation.ts";
import { registry } from "../../envs/index.ts";
import { TIERING_COLUMNS } from "../../envs/tiering/columns.ts";
import { Box, Discrete, type Space } from "../../gym/spaces.ts";
import { parseId } from "../../gym/spec.ts";
import { CANDIDATES, FEATURES } from "../../kernel/readahead/candidates.ts";
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

/** Names that tables must hold, where they stand in the code: of the observations and of the actions. */
const NAMES: Readonly<Record<string, { observations: readonly string[]; actions?: readonly string[] }>> = {
  "ring0/Readahead-v1": { observations: FEATURES, actions: CANDIDATES.map(({ name }) => name) },
  "ring0/ReadaheadSync-v1": { observations: FEATURES, actions: CANDIDATES.map(({ name }) => name) },
  "ring0/Tiering-v1": { observations: TIERING_COLUMNS },
  "ring0/CongestionControl-v1": { observations: CONGESTION_FEATURES },
};

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

  if (id in NAMES) {
    test("calls observations and actions what the code calls them", () => {
      const names = (section: string, column: string) => tableOf(sections.get(section)!).map((row) => row[column]);
      expect(names("Observation Space", "Observation")).toEqual(NAMES[id].observations);
      const { actions } = NAMES[id];
      if (actions !== undefined) expect(names("Action Space", "Action")).toEqual(actions);
    });
  }

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

/**
 * A Box has a row with bounds for each side, one of rank 2 (a row of features for each action) for each column; a Discrete
 * space has a row for each alternative, others have one for each number.
 */
function expectTable(table: Table, space: Space<unknown>): void {
  const first = space instanceof Discrete ? space.start : 0;
  expect(table.map(({ Num }) => Number(Num))).toEqual(Array.from({ length: rowsOf(space) }, (_, i) => first + i));
  if (space instanceof Box) {
    for (let i = 0; i < space.size; i++) {
      const { Min, Max } = table[i % table.length];
      expect([Math.fround(Number(Min)), Math.fround(Number(Max))]).toEqual([space.low[i], space.high[i]]);
    }
  }
}

function rowsOf(space: Space<unknown>): number {
  if (space instanceof Discrete) return space.n;
  if (space instanceof Box && space.shape.length === 2) return space.shape[1];
  return space.size;
}
