import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Ladder } from "../../harness/ladder/ladder.ts";
import { LADDER_COLUMNS } from "../../harness/ladder/records.ts";
import { csvText } from "../../harness/run/csv.ts";

const results = new URL("../../docs/ladder/", import.meta.url);
const folders = readdirSync(results).filter((name) => name.startsWith("learning-"));

/** Blocks of the first seed that are played again. */
const BLOCKS = 12;

describe.each(folders)("the committed result %s", (folder) => {
  const text = (file: string) => readFileSync(new URL(`${folder}/${file}`, results), "utf8");
  const { env, blocks, options, seeds } = JSON.parse(text("summary.json"));

  it("is of an agent that climbs from nothing to recommendation mode with every seed", () => {
    expect(seeds.length).toBeGreaterThanOrEqual(3);
    for (const { highest, regret } of seeds) {
      expect(highest).toBe("recommendation");
      expect(regret).toBeLessThan(0);
    }
  });

  it("is what its command gives today, as far as it is played again here", () => {
    const settings = Object.entries(options).map(([name, value]) => `${name}=${value}`);
    const run = new Ladder({ env, scenario: "learning", options: settings }).begin(0, blocks);
    for (let block = 0; block < BLOCKS; block++) run.next();
    const lines = text("ladder.csv")
      .split("\n")
      .slice(0, BLOCKS + 1);
    expect(csvText(run.result().records, LADDER_COLUMNS).trim().split("\n")).toEqual(lines);
    run.close();
  });
});

it("there is one for at least three environments", () => {
  expect(folders.length).toBeGreaterThanOrEqual(3);
});
