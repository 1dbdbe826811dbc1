import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../temporary_folder.ts";
import { runCli, runHere, startCli } from "./run_cli.ts";

describe("machine-readable output", () => {
  it("list", async () => {
    const { code, stdout, stderr } = await runCli(["list", "--format", "json"]);
    expect([code, stderr]).toEqual([0, ""]);
    const { environments, agents } = JSON.parse(stdout);
    expect(agents).toEqual(["ppo", "es", "ppo-es", "rollout", "bandit"]);
    const tiering = environments.find(({ alias }: { alias: string }) => alias === "tiering");
    expect(tiering.id).toBe("ring0/Tiering-v1");
    expect(tiering.policies).toEqual(expect.arrayContaining(["autonuma", "memtis-colloid", "level-law", "reference"]));
    expect(tiering.workloads).toContainEqual(expect.objectContaining({ name: "gups", split: "train" }));
  });

  it("simulate, the same for the same seed", async () => {
    const args = ["simulate", "--env", "tiering", "--policy", "memtis", "--workload", "gups", "--option", "pages=256"];
    const json = await runHere([...args, "--seeds", "2", "--format", "json"]);
    const again = await runHere([...args, "--seeds", "2", "--format", "csv"]);
    expect([json.code, again.code]).toEqual([0, 0]);
    const { env, policy, workload, options, seeds, mean } = JSON.parse(json.stdout);
    expect({ env, policy, workload, options }).toEqual({
      env: "ring0/Tiering-v1",
      policy: "memtis",
      workload: "gups",
      options: { pages: 256 },
    });
    expect(seeds.map(({ seed }: { seed: number }) => seed)).toEqual([0, 1]);
    expect(mean.cost).toBeCloseTo((seeds[0].cost + seeds[1].cost) / 2, 9);
    expect(Object.keys(mean)).toEqual(expect.arrayContaining(Object.keys(seeds[0].metrics)));
    const [header, first] = again.stdout.split("\n").map((line) => line.split(","));
    expect(Number(first[header.indexOf("cost")])).toBe(seeds[0].cost);
  });

  it("evaluate, with scores between those of the default and the bound", async () => {
    const { code, stdout } = await runHere(
      "evaluate --env tiering --policy level-law --rivals --episodes 1 --format csv".split(" "),
    );
    expect(code).toBe(0);
    const [header, ...records] = stdout
      .trim()
      .split("\n")
      .map((line) => line.split(","));
    const column = (name: string) => header.indexOf(name);
    const scores = (policy: string) =>
      records.filter((record) => record[column("policy")] === policy).map((record) => Number(record[column("score")]));
    for (const score of scores("autonuma")) expect(score).toBe(0);
    for (const score of scores("bound")) expect(score).toBe(1);
    for (const record of records) expect(Number(record[column("score")])).toBeLessThanOrEqual(1);
    expect(scores("reference").length).toBe(scores("level-law").length);
  });

  it("evaluate, with a table of its own for each condition", async () => {
    const { code, stdout, stderr } = await runHere("evaluate --env gpu --policy gpreempt --episodes 4".split(" "));
    expect(code).toBe(0);
    expect(stdout.split("\n").filter((line) => line.endsWith(":"))).toEqual([
      "slices from 1 us:",
      "slices from 1000 us:",
    ]);
    expect(stdout.match(/^policy .* lc_late_p99_us$/gm)).toHaveLength(3);
    expect(stdout.match(/^gpreempt .* \d+\.\d$/gm)).toHaveLength(3);
    expect(stderr).toMatch(/lc_late_p99_us: .*less is better/);
    expect(stderr).not.toMatch(/no interval/);
  });

  it("validate", async () => {
    const { code, stdout, stderr } = await runHere(["validate", "--env", "tiering", "--format", "json"]);
    const targets = JSON.parse(stdout);
    expect(targets.length).toBeGreaterThan(5);
    for (const { env, expected, simulated, tolerance, holds } of targets) {
      expect(env).toBe("ring0/Tiering-v1");
      expect(holds).toBe(Math.abs(expected - simulated) <= tolerance);
    }
    const failed = targets.filter(({ holds }: { holds: boolean }) => !holds).length;
    expect(code).toBe(failed > 0 ? 1 : 0);
    expect(stderr).toContain(`${targets.length - failed} of ${targets.length} targets hold`);
  });

  it("tune", async () => {
    const args = "tune --env tiering --budget 1 --episodes 1 --format json".split(" ");
    const { code, stdout } = await runHere(args);
    expect(code).toBe(0);
    for (const { heuristic, startScore, score, values, budget } of JSON.parse(stdout)) {
      expect(heuristic).toEqual(expect.any(String));
      expect(score).toBe(startScore);
      expect(Object.keys(values).length).toBeGreaterThan(0);
      expect(budget).toBe(1);
    }
  });

  it("check", async () => {
    const { code, stdout } = await runHere(["check", "--env", "cartpole", "--format", "json"]);
    expect(code).toBe(0);
    for (const { ok } of JSON.parse(stdout)) expect(ok).toBe(true);
  });
});

it("imports a trace, describes it and runs on it", async () => {
  const folder = temporaryFolder();
  const [text, packed] = [join(folder, "lackey.txt"), join(folder, "small.r0t")];
  const lines = Array.from(
    { length: 3000 },
    (_, i) => ` ${i % 3 === 0 ? "S" : "L"} ${(0x10000 + 64 * i).toString(16)},8`,
  );
  writeFileSync(text, `==1== Lackey\n${lines.join("\n")}\n`);
  const imported = await runHere([
    "trace",
    "import",
    "--format",
    "lackey",
    text,
    "--out",
    packed,
    "--window-accesses",
    "500",
  ]);
  expect(imported.code).toBe(0);
  const again = await runHere(["trace", "import", "--format", "lackey", text, "--out", packed]);
  expect([again.code, again.stdout]).toEqual([2, ""]);
  expect(again.stderr).toMatch(/small\.r0t exists/);
  const info = await runHere(["trace", "info", packed, "--format", "json"]);
  expect(JSON.parse(info.stdout)).toMatchObject({ name: "small", accesses: 3000, windows: 6, windowAccesses: 500 });
  const run = await runHere([
    "simulate",
    "--env",
    "tiering",
    "--policy",
    "lru",
    "--workload",
    packed,
    "--format",
    "json",
  ]);
  expect(JSON.parse(run.stdout).seeds[0]).toMatchObject({ workload: "small", cost: expect.any(Number) });
});

it("prints help and version to standard output", async () => {
  const [help, version] = await Promise.all([runCli(["train", "--help"]), runCli(["--version"])]);
  expect(help.stdout).toMatch(/--env <name>/);
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect([help.code, version.code]).toEqual([0, 0]);
});

it("is content when the reader leaves", async () => {
  const { child, result } = startCli(["list", "--format", "json"]);
  child.stdout!.destroy();
  const { code, stderr } = await result;
  expect([code, stderr]).toEqual([0, ""]);
});
