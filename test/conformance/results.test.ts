import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { replayRecord } from "../../harness/benchmark/replay.ts";
import { readResults } from "../../harness/benchmark/results.ts";
import { problems } from "../../harness/problems/index.ts";

const file = join(import.meta.dirname, "../../docs/results/results.csv");
const records = readResults(file);

/** The first test episode of each role that is not trained: what code alone decides must play as it did when it was measured. */
const replayed = problems.flatMap(({ id }) =>
  ["default", "static", "published", "hand-rule"].flatMap((role) => {
    const at = records.findIndex((one) => {
      return one.env === id && one.role === role && one.metric === "cost" && one.split === "test" && one.seed !== null;
    });
    return at < 0 ? [] : [[`${id}, ${role} ${records[at].policy}`, at + 2] as const];
  }),
);

describe("the committed results", () => {
  it("are of every environment that has been measured", () => {
    const measured = new Set(records.map(({ env }) => env));
    expect(replayed.length).toBe(4 * measured.size);
  });

  it.each(replayed)("play again as they did: %s", (_, line) => {
    const { replayed, same } = replayRecord(records, line, file);
    expect(same, `now ${replayed}, recorded ${records[line - 2].value}`).toBe(true);
  });

  it("have one line a record", () => {
    expect(readFileSync(file, "utf8").trimEnd().split("\n")).toHaveLength(records.length + 1);
  });
});
