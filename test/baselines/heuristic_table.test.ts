import { describe, expect, it } from "vitest";
import type { HeuristicEntry } from "../../baselines/heuristic_entry.ts";
import { heuristicTable } from "../../baselines/heuristic_table.ts";

const plain: HeuristicEntry<unknown, unknown> = {
  name: "plain",
  role: "simple",
  description: "left | right",
  knobs: [],
  create: () => ({ name: "plain", reset() {}, decide: () => null }),
};

const tuned: HeuristicEntry<unknown, unknown> = {
  ...plain,
  name: "tuned",
  role: "published",
  description: "does more",
  source: "a paper",
  knobs: [
    { name: "gain", min: 0, max: 1, scale: "linear", start: 0.5 },
    { name: "window", min: 1, max: 8, scale: "log", start: 2 },
  ],
};

describe("heuristicTable", () => {
  it("has a record for each entry, in order, and escapes bars", () => {
    expect(heuristicTable([plain, tuned]).split("\n")).toEqual([
      "| heuristic | role | what it does | source | constants |",
      "| --------- | ---- | ------------ | ------ | --------- |",
      "| `plain` | simple | left \\| right | | |",
      "| `tuned` | published | does more | a paper | `gain`, `window` |",
    ]);
  });

  it("says what heuristics see where an entry does", () => {
    const [head, , first, second] = heuristicTable([plain, { ...tuned, information: "RTT" }]).split("\n");
    expect(head).toContain("| role | sees | what it does |");
    expect(first).toContain("| simple | | left");
    expect(second).toContain("| published | RTT | does more |");
  });
});
