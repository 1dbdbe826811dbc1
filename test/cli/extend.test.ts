import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadPolicy } from "../../agents/checkpoint.ts";
import { readCells } from "../../harness/run/csv.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { runHere } from "./run_cli.ts";

const TRAIN = ["train", "--env", "cartpole", "--backend", "wasm", "--evaluations", "2", "--episodes", "2"];
const folder = temporaryFolder({ onTestFinished: afterAll });
const done = join(folder, "done");

const stepsOf = (run: string) =>
  readCells(join(run, "progress.csv"))
    .slice(1)
    .map(([step]) => Number(step));
const json = (...path: string[]) => JSON.parse(readFileSync(join(...path), "utf8"));
const refusal = async (...args: string[]) => {
  const { code, stderr } = await runHere(args);
  return { code, line: stderr.trim() };
};

beforeAll(async () => {
  expect((await runHere([...TRAIN, "--steps", "4096", "--out", done])).code).toBe(0);
});

describe("train --resume --steps", () => {
  it("trains a finished run further, with evaluations as far apart as before", async () => {
    const before = stepsOf(done);
    expect((await runHere(["train", "--resume", done, "--steps", "8192"])).code).toBe(0);
    expect(stepsOf(done)).toEqual([...before, ...before.map((step) => step + 4096)]);
    expect(json(done, "config.json")).toMatchObject({ steps: 8192, evaluations: 4, extended: [4096] });
    expect(json(done, "summary.json").kept[0].step).toBeLessThanOrEqual(8192);
    expect(existsSync(join(done, "policy/weights.bin"))).toBe(true);
  });

  it("trains every seed of a run further", async () => {
    const run = join(folder, "seeds");
    await runHere([...TRAIN, "--steps", "2048", "--seeds", "2", "--out", run]);
    expect((await runHere(["train", "--resume", run, "--steps", "4096"])).code).toBe(0);
    for (const seed of ["seed-1", "seed-2"]) expect(stepsOf(join(run, seed)).at(-1)).toBe(4096);
  });

  it("refuses fewer steps than planned, and says how a finished run goes on", async () => {
    expect(await refusal("train", "--resume", done, "--steps", "1000")).toEqual({
      code: 2,
      line: expect.stringMatching(/is of \d+ steps; to train it further needs more, got 1000$/),
    });
    expect((await refusal("train", "--resume", done)).line).toMatch(/is finished; .*--steps with more than \d+/);
  });
});

describe("train --init", () => {
  it("starts from the policy of a run, or of a policy folder", async () => {
    for (const init of [done, join(done, "policy")]) {
      const run = join(folder, `init-${init.endsWith("policy")}`);
      const set = ["--set", "learningRate=1e-12", "--steps", "2048", "--out", run];
      expect((await runHere([...TRAIN, ...set, "--init", init])).code).toBe(0);
      const [from, to] = [loadPolicy(join(done, "policy")), loadPolicy(join(run, "policy"))];
      const apart = Math.max(...from.parameters.map((value, i) => Math.abs(value - to.parameters[i])));
      expect(apart).toBeLessThan(1e-6);
      expect(json(run, "config.json").init).toBe(init);
      expect(readdirSync(join(run, "initial"))).toContain("policy.json");
    }
  });

  it("refuses what is no such policy before it writes anything", async () => {
    const out = join(folder, "refused");
    const refused = async (exitCode: number, ...args: string[]) => {
      const { code, line } = await refusal(...TRAIN, "--out", out, "--init", done, ...args);
      expect(code).toBe(exitCode);
      expect(existsSync(out)).toBe(false);
      expect(line).not.toContain("\n");
      return line;
    };
    expect(await refused(2, "--set", "hidden=[8]")).toMatch(
      /cannot start from this policy: its option hidden is \[64,64\], this training's is \[8\]/,
    );
    expect(await refused(2, "--env", "tiering")).toMatch(/trained for CartPole-v1, not for ring0\/Tiering-v1/);
    expect(await refused(2, "--init", join(folder, "nothing"))).toMatch(/nothing/);
  });
});
