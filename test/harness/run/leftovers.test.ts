import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { PID_FILE } from "../../../harness/run/claim_folder.ts";
import { clearLeftovers } from "../../../harness/run/leftovers.ts";
import { RunDirectory, writeWhole } from "../../../harness/run/run_directory.ts";
import { makeTemporaryFolder } from "../../../harness/run/temporary_folder.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

/** Id of a process that cannot exist: Linux and macOS have no larger ones than 2^22. */
const DEAD = 999_999_999;

/** Files and folders that kills leave. */
function leave(path: string): void {
  mkdirSync(join(path, ".policy.partial-123"), { recursive: true });
  writeFileSync(join(path, ".policy.partial-123", "weights.bin"), "");
  writeFileSync(join(path, ".summary.json.partial-124"), "{");
}

it("removes files and folders that a kill left, and gives a replaced folder its name back", () => {
  const path = temporaryFolder();
  leave(path);
  mkdirSync(join(path, ".policy.previous"));
  mkdirSync(join(path, ".checkpoint.previous"));
  mkdirSync(join(path, "checkpoint"));
  writeFileSync(join(path, ".notes"), "");
  clearLeftovers(path);
  expect(readdirSync(path).sort()).toEqual([".notes", "checkpoint", "policy"]);
});

it("begins new output where there is only what a kill left", async () => {
  const path = temporaryFolder();
  leave(path);
  writeFileSync(join(path, PID_FILE), "nonsense");
  const { claim } = await RunDirectory.createClaimed(path);
  expect(readdirSync(path).sort()).toEqual(["pid", "pid.lock"]);
  await claim.release();
  expect(readdirSync(path)).toEqual([]);
});

it("begins output again that a killed process had not finished, and nothing else", async () => {
  const unfinished = { names: ["ladder.csv"], last: "summary.json" };
  const path = temporaryFolder();
  writeFileSync(join(path, "ladder.csv"), "");
  await expect(RunDirectory.createClaimed(path, unfinished)).rejects.toThrow(/is not empty/);
  writeFileSync(join(path, PID_FILE), "nonsense");
  await expect(RunDirectory.createClaimed(path)).rejects.toThrow(/is not empty/);
  const { claim } = await RunDirectory.createClaimed(path, unfinished);
  await claim.release();
  expect(readdirSync(path)).toEqual([]);
  for (const name of ["ladder.csv", "summary.json", PID_FILE]) writeFileSync(join(path, name), "");
  await expect(RunDirectory.createClaimed(path, unfinished)).rejects.toThrow(/is not empty/);
  expect(readdirSync(path)).toHaveLength(3);
});

it("removes what dead processes left beside a written file, and nothing of a process that runs", () => {
  const path = temporaryFolder();
  const running = `.other.partial-${process.pid}`;
  writeFileSync(join(path, running), "");
  writeFileSync(join(path, `.report.html.partial-${DEAD}`), "<");
  writeWhole(join(path, "file"), "content");
  expect(readdirSync(path).sort()).toEqual([running, "file"]);
});

it("makes a temporary folder and removes those of dead processes", () => {
  const dead = join(tmpdir(), `ring0-trial-${DEAD}-abcdef`);
  mkdirSync(dead);
  const folders = [makeTemporaryFolder("trial"), makeTemporaryFolder("trial")];
  onTestFinished(() => {
    for (const folder of folders) rmSync(folder, { recursive: true });
  });
  expect([dead, ...folders].map((folder) => existsSync(folder))).toEqual([false, true, true]);
});
