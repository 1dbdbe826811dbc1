import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { LOCK_FOLDER, PID_FILE } from "../../harness/run/claim_folder.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { FORCE } from "./scale.ts";

/** Synchronised starts of two processes. */
const STARTS = FORCE ? 1000 : 30;

function start(name: string): ChildProcess {
  const child = fork(fileURLToPath(new URL(name, import.meta.url)), {
    execArgv: ["--import", import.meta.resolve("tsx")],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

it("gives a folder to one of two processes that start at once, whatever a kill left there", async () => {
  const children = [start("claimer.ts"), start("claimer.ts")];
  await Promise.all(children.map((child) => once(child, "message")));
  for (let i = 0; i < STARTS; i++) {
    const folder = temporaryFolder();
    if (i % 2 === 0) writeFileSync(join(folder, PID_FILE), i % 4 === 0 ? "999999999\n" : "nonsense");
    if (i % 3 === 0) {
      mkdirSync(join(folder, LOCK_FOLDER));
      utimesSync(join(folder, LOCK_FOLDER), 0, 0);
    }
    const answers = Promise.all(children.map(async (child) => (await once(child, "message"))[0] as string));
    const at = Date.now() + 10;
    for (const child of children) child.send({ folder, at });
    const [refused, held] = (await answers).sort((a, b) => Number(a === "held") - Number(b === "held"));
    expect(held).toBe("held");
    expect(refused).toMatch(/^(process \d+|another process) works in /);
    const freed = Promise.all(children.map((child) => once(child, "message")));
    for (const child of children) child.send({ folder: null, at: 0 });
    await freed;
  }
  if (FORCE) process.stderr.write(`${STARTS} starts, each with one owner\n`);
}, 3_600_000);

it("ends a process soon after its parent was killed, though it never looks up from its work", async () => {
  const parent = start("parent.ts");
  const [pid] = (await once(parent, "message")) as [number];
  await pause(300);
  expect(isAlive(pid)).toBe(true);
  parent.kill("SIGKILL");
  for (let i = 0; i < 100 && isAlive(pid); i++) await pause(20);
  expect(isAlive(pid)).toBe(false);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
