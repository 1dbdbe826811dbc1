import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { claimFolder, LOCK_FOLDER, PID_FILE } from "../../../harness/run/claim_folder.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

describe("claimFolder", () => {
  it("refuses a folder in which a process works, even a suspended one, and names it", async () => {
    const folder = temporaryFolder();
    const other = spawn("sleep", ["60"]);
    other.kill("SIGSTOP");
    writeFileSync(join(folder, PID_FILE), `${other.pid}\n`);
    await expect(claimFolder(folder)).rejects.toThrow(
      `process ${other.pid} works in ${folder}; wait for it, or remove ${join(folder, PID_FILE)}`,
    );
    other.kill("SIGKILL");
    await once(other, "exit");
    await (await claimFolder(folder)).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("does not take a process of this machine for the owner on another one, nor that for itself", async () => {
    const folder = temporaryFolder();
    const other = spawn("sleep", ["60"]);
    writeFileSync(join(folder, PID_FILE), `${other.pid}\nelsewhere\n`);
    const claim = await claimFolder(folder);
    other.kill("SIGKILL");
    writeFileSync(join(folder, PID_FILE), `${process.pid}\nelsewhere\n`);
    expect(claim.assertHeld).toThrow("another process has taken over");
    await expect(claimFolder(folder)).rejects.toThrow(`process ${process.pid} on elsewhere works in ${folder}`);
    await claim.release();
  });

  it.each(["", "nonsense", "-1"])("takes a claim of '%s' for what a kill left", async (content) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, PID_FILE), content);
    const { release } = await claimFolder(folder);
    expect(readFileSync(join(folder, PID_FILE), "utf8")).toBe(`${process.pid}\n${hostname()}\n`);
    await release();
  });

  it("takes a lock that a kill left over within seconds, and one that is older at once", {
    timeout: 20_000,
  }, async () => {
    const folder = temporaryFolder();
    const lock = join(folder, LOCK_FOLDER);
    mkdirSync(lock);
    utimesSync(lock, 0, 0);
    const started = performance.now();
    await (await claimFolder(folder)).release();
    expect(performance.now() - started).toBeLessThan(1000);
    mkdirSync(lock);
    await (await claimFolder(folder)).release();
    expect(existsSync(lock)).toBe(false);
  });

  it("gives a folder to one of several that ask at once", { timeout: 40_000 }, async () => {
    const folder = temporaryFolder();
    const pid = join(folder, PID_FILE);
    writeFileSync(pid, "nonsense");
    const claims = await Promise.allSettled(Array.from({ length: 4 }, () => claimFolder(folder)));
    const won = claims.filter((claim) => claim.status === "fulfilled");
    expect(won.length).toBe(1);
    for (const claim of claims) {
      if (claim.status === "rejected")
        expect(claim.reason.message).toMatch(`process ${process.pid} works in ${folder}`);
    }
    await won[0].value.release();
  });

  it("tells when another process took the folder over, and leaves that its files", { timeout: 20_000 }, async () => {
    const folder = temporaryFolder();
    const { lost, release } = await claimFolder(folder);
    const now = new Date(Date.now() + 1000);
    utimesSync(join(folder, LOCK_FOLDER), now, now);
    await new Promise((resolve) => lost.addEventListener("abort", resolve));
    await release();
    expect(readdirSync(folder).sort()).toEqual([PID_FILE, LOCK_FOLDER]);
  });
});
