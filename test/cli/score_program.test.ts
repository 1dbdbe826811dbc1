import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../temporary_folder.ts";
import { runCli } from "./run_cli.ts";

const COLLOID = resolve(import.meta.dirname, "../../examples/programs/memtis_colloid.ts");
const SHORT = ["--episodes", "1", "--format", "json"];

it("scores a program as evaluate does, the same each time, and notes it", { timeout: 120_000 }, async () => {
  const ledger = join(temporaryFolder(), "programs.csv");
  const score = ["score-program", "--env", "tiering", COLLOID, "--ledger", ledger, ...SHORT];
  const [first, second] = [await runCli(score), await runCli(score)];
  expect(first).toMatchObject({ code: 0, stderr: "" });
  const read = ({ stdout }: { stdout: string }) => {
    const { artifacts, ...rest } = JSON.parse(stdout);
    const { decision_us, ...repeatable } = artifacts;
    return { ...rest, artifacts: repeatable };
  };
  expect(read(second)).toEqual(read(first));
  const evaluated = await runCli(["evaluate", "--env", "tiering", "--policy", COLLOID, ...SHORT]);
  const scores = JSON.parse(evaluated.stdout).map(({ score }: { score: number }) => score);
  const { combined_score, artifacts } = read(first);
  expect(combined_score).toBe(scores.reduce((sum: number, one: number) => sum + one, 0) / scores.length);
  expect(Object.keys(artifacts.worst.program)).toEqual(Object.keys(artifacts.worst.default));
  const lines = readFileSync(ledger, "utf8").trim().split("\n");
  expect(lines[0]).toBe("time,env,split,program,sha256,combined_score,valid");
  expect(lines.length).toBe(3);
  expect(lines[1]).toMatch(/,ring0\/Tiering-v1,validation,memtis_colloid\.ts,[0-9a-f]{64},0\.\d+,true$/);
});

it("ends a program that runs for ever or takes all memory", { timeout: 120_000 }, async () => {
  const folder = temporaryFolder();
  const score = async (name: string, body: string) => {
    const path = join(folder, name);
    writeFileSync(path, `const all = [];\nexport const create = () => ({ decide() { ${body} } });\n`);
    const { code, stdout } = await runCli([
      "score-program",
      "--env",
      "tiering",
      path,
      "--ledger",
      join(folder, "ledger.csv"),
      ...SHORT,
    ]);
    const { valid, combined_score, artifacts } = JSON.parse(stdout);
    expect([code, valid, combined_score]).toEqual([1, false, -1000]);
    return artifacts.error;
  };
  expect(await score("loop.js", "for (;;) {}")).toBe("a call of the program took more than 2 s");
  expect(await score("huge.js", "for (;;) all.push(new Uint8Array(2 ** 24).fill(1));")).toMatch(
    /more than (1\.5 GB of memory|2 s)|Array buffer allocation failed|ended by/,
  );
  const lines = readFileSync(join(folder, "ledger.csv"), "utf8").trim().split("\n");
  expect(lines.slice(1).map((line) => line.split(",").slice(3, 4) + line.slice(-12))).toEqual([
    "loop.js,-1000,false",
    "huge.js,-1000,false",
  ]);
});

it("refuses the test split, and says at a test how many programs were looked at", { timeout: 60_000 }, async () => {
  const refused = await runCli(["score-program", "--env", "tiering", COLLOID, "--split", "test"]);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error: .*'test' is invalid/) });
  const tested = await runCli(["evaluate", "--env", "tiering", "--policy", COLLOID, "--split", "test", ...SHORT]);
  expect(tested.code).toBe(0);
  expect(tested.stderr).toMatch(
    /^runs\/programs\.csv has \d+ programs? scored on the validation split of tiering before/,
  );
});
