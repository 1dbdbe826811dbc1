import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { LADDER_COLUMNS, TRANSITION_COLUMNS } from "../../harness/ladder/records.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { runCli, runHere, startCli } from "./run_cli.ts";

const SHORT = ["ladder", "--env", "gpu", "--option", "duration_ms=50"];
const FILES = ["ladder.csv", "ladder.png", "ladder.svg", "summary.json", "transitions.csv"];

/** Parses a CSV file into records. */
function table(file: string): Record<string, string>[] {
  const [header, ...records] = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  return records.map((record) => Object.fromEntries(header.map((name, i) => [name, record[i]])));
}

describe("ladder", () => {
  it("writes one record per block, the changes of mode, totals and a picture", async () => {
    const out = join(temporaryFolder(), "run");
    const args = [
      ...SHORT,
      "--policy",
      "composite",
      "--blocks",
      "45",
      "--seeds",
      "2",
      "--out",
      out,
      "--format",
      "json",
    ];
    const { code, stdout, stderr } = await runHere(args);
    expect([code, stderr.trim().split("\n").at(-1)]).toEqual([
      0,
      `wrote ladder.csv, transitions.csv, summary.json, ladder.svg and ladder.png into ${out}`,
    ]);
    expect(readdirSync(out).sort()).toEqual(FILES);
    const [first, second] = JSON.parse(stdout);
    expect([first.scenario, first.seed, first.highest, second.seed]).toEqual(["good", 0, "collaboration", 1]);
    expect(first.transitions.map(({ to }: { to: string }) => to)).toEqual(["learning", "collaboration"]);
    const blocks = table(join(out, "ladder.csv"));
    expect(Object.keys(blocks[0])).toEqual([...LADDER_COLUMNS]);
    expect(blocks).toHaveLength(90);
    expect(blocks[3]).toMatchObject({
      block: "3",
      mode: "emergency",
      share_aimed: "0",
      event: "learning",
      reason: "clear",
    });
    expect(blocks[35]).toMatchObject({ mode: "learning", evidence: "32", event: "collaboration", reason: "better" });
    expect(blocks[36]).toMatchObject({ mode: "collaboration", share_aimed: "0.5", evidence: "1" });
    const transitions = table(join(out, "transitions.csv"));
    expect(Object.keys(transitions[0])).toEqual([...TRANSITION_COLUMNS]);
    expect(transitions.map(({ seed }) => seed)).toEqual(["0", "0", "1", "1"]);
    const { seeds, ...config } = JSON.parse(readFileSync(join(out, "summary.json"), "utf8"));
    expect(config).toMatchObject({ env: "ring0/GpuPreemption-v1", policy: "composite", scenario: "good", blocks: 45 });
    const cost = blocks.slice(0, 45).reduce((sum, record) => sum + Number(record.cost), 0);
    expect(seeds[0].cost).toBeCloseTo(cost, 9);
    const svg = readFileSync(join(out, "ladder.svg"), "utf8");
    for (const text of [
      "The ladder in ring0/GpuPreemption-v1: good, composite",
      "collaboration",
      "relative advantage",
    ]) {
      expect(svg).toContain(`>${text}<`);
    }
  });

  it("plays all scenarios on the same runs, each into a folder of its own", async () => {
    const out = join(temporaryFolder(), "all");
    const { code, stdout } = await runHere(
      [...SHORT, "--policy", "composite", "--scenario", "all", "--blocks", "30", "--runs", "6", "--out", out].concat(
        "--format",
        "csv",
      ),
    );
    expect(code).toBe(0);
    const names = ["good", "bad", "null", "regress", "shift", "overload", "silent", "flapping", "adversarial"];
    expect(
      stdout
        .trim()
        .split("\n")
        .slice(1)
        .map((line) => line.split(",")[0]),
    ).toEqual(names);
    expect(readdirSync(out).sort()).toEqual([...names].sort());
    for (const name of names) expect(readdirSync(join(out, name)).sort()).toEqual(FILES);
  });

  it("leaves nothing half written when it is interrupted", async () => {
    const out = join(temporaryFolder(), "run");
    const { child, result } = startCli([...SHORT, "--policy", "composite", "--blocks", "100000", "--out", out]);
    while (!existsSync(out)) await setTimeout(20);
    child.kill("SIGINT");
    const { code, stdout, stderr } = await result;
    expect([code, stdout]).toEqual([130, ""]);
    expect(stderr).toContain("interrupted; there is no result");
    expect(readdirSync(out)).toEqual([]);
  });

  it("lets an agent in another process advise, and goes on when that is stopped", async () => {
    const out = join(temporaryFolder(), "process");
    const args = ["--policy", "random", "--scenario", "silent", "--process", "--deadline", "1000", "--blocks", "40"];
    const { code, stdout } = await runCli([...SHORT, ...args, "--out", out, "--format", "json"]);
    expect(code).toBe(0);
    const [{ transitions }] = JSON.parse(stdout);
    // In learning mode a copy shows the silence, and emergency begins with the next block.
    expect(transitions).toContainEqual(expect.objectContaining({ block: 21, to: "emergency", reason: "silent" }));
    const blocks = table(join(out, "ladder.csv"));
    expect(blocks).toHaveLength(40);
    expect(blocks[20].refused).toBe("3");
    for (const { mode, refused } of blocks.slice(21, 32)) expect([mode, refused]).toEqual(["emergency", "0"]);
  });
});
