import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { claimFolder, PID_FILE } from "../../../harness/run/claim_folder.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

describe("claimFolder", () => {
  it("refuses a folder in which a process works, and names it", async () => {
    const folder = temporaryFolder();
    const other = spawn("sleep", ["60"]);
    writeFileSync(join(folder, PID_FILE), `${other.pid}\n`);
    expect(() => claimFolder(folder)).toThrow(`process ${other.pid} works in ${folder}; wait for it, or remove`);
    other.kill("SIGKILL");
    await once(other, "exit");
    claimFolder(folder)();
    expect(existsSync(join(folder, PID_FILE))).toBe(false);
  });

  it.each(["", "nonsense", "-1"])("takes a claim of '%s' for what a kill left", (content) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, PID_FILE), content);
    const release = claimFolder(folder);
    expect(() => claimFolder(folder)).toThrow(`process ${process.pid} works in`);
    release();
  });
});
