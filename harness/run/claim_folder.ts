import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "./usage_error.ts";

/** The file that says which process works in a folder. */
export const PID_FILE = "pid";

/**
 * Claims a folder for this process, as daemons do with a file of their process id: a second one that goes on with the same work would write
 * over the first one's files. What a kill left of an earlier claim does not count.
 *
 * @returns ends the claim
 * @throws UsageError when another process that is alive has claimed it
 */
export function claimFolder(path: string): () => void {
  const file = join(path, PID_FILE);
  for (;;) {
    try {
      writeFileSync(file, `${process.pid}\n`, { flag: "wx" });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const owner = ownerOf(file);
    if (owner !== null && isAlive(owner)) {
      throw new UsageError(`process ${owner} works in ${path}; wait for it, or remove ${file} if it is something else`);
    }
    rmSync(file, { force: true });
  }
}

/** The process that a claim names; null where a kill left none. */
function ownerOf(file: string): number | null {
  try {
    const pid = Number(readFileSync(file, "utf8"));
    return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of somebody else may not be asked.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
