import { spawn } from "node:child_process";
import { describe, expect, it } from "vitest";
import { runCli, startCli } from "./run_cli.ts";

describe("machine-readable output", () => {
  it("list", async () => {
    const { code, stdout, stderr } = await runCli(["list", "--format", "json"]);
    expect([code, stderr]).toEqual([0, ""]);
    const { environments, agents } = JSON.parse(stdout);
    expect(agents).toEqual(["ppo", "es"]);
    const tiering = environments.find(({ alias }: { alias: string }) => alias === "tiering");
    expect(tiering.id).toBe("ring0/Tiering-v1");
    expect(tiering.policies).toEqual(expect.arrayContaining(["autonuma", "memtis-colloid", "level-law", "reference"]));
    expect(tiering.workloads).toContainEqual(expect.objectContaining({ name: "gups", split: "train" }));
  });

  it("simulate, the same for the same seed", async () => {
    const args = ["simulate", "--env", "tiering", "--policy", "memtis", "--workload", "gups", "--option", "pages=256"];
    const [json, again] = await Promise.all([
      runCli([...args, "--seeds", "2", "--format", "json"]),
      runCli([...args, "--seeds", "2", "--format", "csv"]),
    ]);
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
    const { code, stdout } = await runCli(
      "evaluate --env tiering --policy level-law --rivals --episodes 1 --format csv".split(" "),
    );
    expect(code).toBe(0);
    const [header, ...rows] = stdout
      .trim()
      .split("\n")
      .map((line) => line.split(","));
    const column = (name: string) => header.indexOf(name);
    const scores = (policy: string) =>
      rows.filter((row) => row[column("policy")] === policy).map((row) => Number(row[column("score")]));
    for (const score of scores("autonuma")) expect(score).toBe(0);
    for (const score of scores("bound")) expect(score).toBe(1);
    for (const row of rows) expect(Number(row[column("score")])).toBeLessThanOrEqual(1);
    expect(scores("reference").length).toBe(scores("level-law").length);
  });

  it("check", async () => {
    const { code, stdout } = await runCli(["check", "--env", "cartpole", "--format", "json"]);
    expect(code).toBe(0);
    for (const { ok } of JSON.parse(stdout)) expect(ok).toBe(true);
  });
});

it("prints help and version to standard output", async () => {
  const [help, version] = await Promise.all([runCli(["train", "--help"]), runCli(["--version"])]);
  expect(help.stdout).toMatch(/--env <name>/);
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect([help.code, version.code]).toEqual([0, 0]);
});

it("is content when the reader leaves", async () => {
  const { child, result } = startCli(["list", "--format", "json"]);
  const reader = spawn(process.execPath, ["-e", ""], { stdio: ["pipe", "ignore", "ignore"] });
  child.stdout!.pipe(reader.stdin);
  reader.stdin.on("error", () => child.stdout!.destroy());
  const { code, stderr } = await result;
  expect([code, stderr]).toEqual([0, ""]);
});
