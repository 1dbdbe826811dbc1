import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readCells } from "../../harness/run/csv.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { runCli, runHere, startCli } from "./run_cli.ts";

const TIMES = ["steps_per_second", "wall_seconds"];
const TRAIN = ["train", "--env", "cartpole", "--backend", "wasm", "--evaluations", "4", "--episodes", "2"];

/** The evaluations while training that a run has written so far; null is an empty cell. */
function readProgress(run: string): Record<string, number | null>[] {
  const [columns = [], ...lines] = readCells(join(run, "progress.csv"));
  return lines.map((cells) =>
    Object.fromEntries(columns.map((name, i) => [name, cells[i] === "" ? null : Number(cells[i])])),
  );
}

function rowsWithoutTimes(run: string) {
  return readProgress(run).map((record) =>
    Object.fromEntries(Object.entries(record).filter(([name]) => !TIMES.includes(name))),
  );
}

/** Trains until the file has a record, then sends SIGINT. */
async function interrupted(out: string, steps: number) {
  const { child, result } = startCli([...TRAIN, "--steps", `${steps}`, "--out", out]);
  const poll = setInterval(() => {
    try {
      if (readProgress(out).length >= 3) {
        clearInterval(poll);
        child.kill("SIGINT");
      }
    } catch {
      // The file does not exist yet.
    }
  }, 20);
  const ended = await result;
  clearInterval(poll);
  return ended;
}

describe("train", () => {
  it("writes everything a run holds, the same for the same seed", async () => {
    const folder = temporaryFolder();
    const [one, two] = [join(folder, "one"), join(folder, "two")];
    for (const out of [one, two]) {
      const { code, stdout, stderr } = await runCli([...TRAIN, "--steps", "8192", "--out", out]);
      expect(stderr).toMatch(/backend wasm/);
      expect(stdout).toMatch(/random/);
      expect(code).toBe(0);
    }
    expect(readdirSync(one).sort()).toEqual([
      "checkpoint",
      "config.json",
      "curve.png",
      "curve.svg",
      "evaluation.csv",
      "policy",
      "progress.csv",
      "summary.json",
    ]);
    expect(rowsWithoutTimes(one)).toEqual(rowsWithoutTimes(two));
    expect(readFileSync(join(one, "policy/weights.bin"))).toEqual(readFileSync(join(two, "policy/weights.bin")));
    const again = await runHere([...TRAIN, "--steps", "8192", "--seed", "2", "--out", join(folder, "three")]);
    expect(again.code).toBe(0);
    expect(rowsWithoutTimes(join(folder, "three"))).not.toEqual(rowsWithoutTimes(one));

    const evaluated = await runHere([
      "evaluate",
      "--env",
      "cartpole",
      "--policy",
      one,
      "--episodes",
      "3",
      "--format",
      "json",
    ]);
    expect(evaluated.code).toBe(0);
    expect(JSON.parse(evaluated.stdout)).toMatchObject(
      [0, 1, 2].map((episode) => ({ policy: "ppo", split: "validation", seed: 1_000_000 + episode, episode })),
    );
    const other = await runHere(["evaluate", "--env", "tiering", "--policy", one]);
    expect(other.stderr).toMatch(/trained for CartPole-v1, not for ring0\/Tiering-v1/);
    expect(other.code).toBe(2);

    const finished = await runHere(["train", "--resume", one]);
    expect(finished.stderr).toMatch(/is finished/);
    expect(finished.code).toBe(2);
  });

  it("trains several seeds in folders of their own", async () => {
    const out = join(temporaryFolder(), "run");
    const { code } = await runCli([...TRAIN, "--steps", "4096", "--seeds", "3", "--out", out]);
    expect(code).toBe(0);
    const summary = JSON.parse(readFileSync(join(out, "summary.json"), "utf8"));
    expect(summary.seeds).toEqual([1, 2, 3]);
    expect(summary.test.replication).toBe("training seeds and evaluation episodes");
    expect(readdirSync(join(out, "seed-2"))).toContain("summary.json");
  });

  it("saves when interrupted, and continues to the same number of steps", async () => {
    const folder = temporaryFolder();
    const run = join(folder, "run");
    const { code, stderr } = await interrupted(run, 200_000);
    expect(code).toBe(130);
    expect(stderr).toMatch(/interrupted and saved; continue with: .*--resume/);
    expect(readdirSync(run)).not.toContain("summary.json");
    const before = readProgress(run);

    // Records that a kill left behind after the checkpoint; the last one is unfinished.
    const late = { ...before[before.length - 1], step: before[before.length - 1].step! + 2048 };
    const record = Object.values(late)
      .map((value) => value ?? "")
      .join(",");
    writeFileSync(join(run, "progress.csv"), `${record}\n12345,0,`, { flag: "a" });
    // The same run with a smaller step budget is another run.
    cpSync(run, join(folder, "altered"), { recursive: true });

    // A resumed run of 200,000 steps would take too long here, so it is interrupted again.
    const { child, result } = startCli(["train", "--resume", run]);
    const poll = setInterval(() => {
      if (readProgress(run).length >= before.length + 3) child.kill("SIGINT");
    }, 20);
    expect((await result).code).toBe(130);
    clearInterval(poll);
    const records = readProgress(run);
    expect(records.slice(0, before.length)).toEqual(before);
    const steps = records.map(({ step }) => step!);
    expect(steps).toEqual(steps.map((_, i) => 2048 * (i + 1)));
    const walls = records.map(({ wall_seconds }) => wall_seconds!);
    expect(walls).toEqual([...walls].sort((a, b) => a - b));

    const altered = join(folder, "altered");
    const config = readFileSync(join(altered, "config.json"), "utf8");
    for (const [bad, message] of [
      [config.replace('"steps": 200000', '"steps": 4096'), /config\.json was altered/],
      [config.slice(0, 100), /config\.json is damaged/],
      [config.replace('"seed": 1', '"seed": -1'), /config\.json is damaged: seed/],
    ] as const) {
      writeFileSync(join(altered, "config.json"), bad);
      const refused = await runHere(["train", "--resume", altered]);
      expect(refused.stderr.trim().split("\n")).toEqual([expect.stringMatching(message)]);
      expect(refused.code).toBe(2);
    }
    writeFileSync(join(altered, "config.json"), config);

    const checkpoint = join(altered, "checkpoint/checkpoint.bin");
    const bytes = readFileSync(checkpoint);
    for (const [bad, message] of [
      [bytes.subarray(0, 100), /checkpoint\.bin has 100 bytes/],
      [
        Buffer.concat([bytes.subarray(0, -1), Buffer.from([bytes[bytes.length - 1] ^ 1])]),
        /checkpoint\.bin is altered/,
      ],
    ] as const) {
      writeFileSync(checkpoint, bad);
      const refused = await runHere(["train", "--resume", altered]);
      expect(refused.stderr).toMatch(message);
      expect(refused.code).toBe(2);
    }
  });

  it("finishes an interrupted run", async () => {
    const run = join(temporaryFolder(), "run");
    expect((await interrupted(run, 16_384)).code).toBe(130);
    const { code } = await runCli(["train", "--resume", run]);
    expect(code).toBe(0);
    expect(readProgress(run).map(({ step }) => step)).toEqual(Array.from({ length: 8 }, (_, i) => 2048 * (i + 1)));
    expect(readdirSync(run)).toContain("summary.json");
  });
});
