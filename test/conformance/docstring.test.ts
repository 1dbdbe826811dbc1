import { expect, test } from "vitest";
import { docstringSections, tableOf } from "./docstring.ts";

const SOURCE = `
/** Another comment. */
const a = 1;

/**
 * # ring0/Some-v1
 *
 * ## Observation Space
 *
 * Numbers.
 *
 * | Num | Observation | Min | Max |
 * |-----|-------------|-----|-----|
 * | 0 | first | -1 | Infinity |
 * | 1-3 | a histogram | 0 | 1 |
 *
 * ## Rewards
 *
 * One.
 */
class Some {}
`;

test("sections and tables are found in the docstring with the id as its title", () => {
  const sections = docstringSections(SOURCE, "ring0/Some-v1");
  expect([...sections.keys()]).toEqual(["Observation Space", "Rewards"]);
  expect(sections.get("Rewards")!.trim()).toBe("One.");
  expect(tableOf(sections.get("Observation Space")!)).toEqual([
    { Num: "0", Observation: "first", Min: "-1", Max: "Infinity" },
    ...["1", "2", "3"].map((Num) => ({ Num, Observation: "a histogram", Min: "0", Max: "1" })),
  ]);
  expect(tableOf(sections.get("Rewards")!)).toEqual([]);
});

test("the docstring of another id is none", () => {
  expect(docstringSections(SOURCE, "ring0/Other-v1").size).toBe(0);
});
