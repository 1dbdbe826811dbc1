import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import lockfile from "proper-lockfile";
import { UsageError } from "./usage_error.ts";

/** The file that says which process works in a folder. */
export const PID_FILE = "pid";

/** The lock of a folder: a folder in it, whose time of change its owner renews. */
export const LOCK_FOLDER = "pid.lock";

/**
 * Time without renewal after which a lock counts as left by a kill, ms. Source: choice. It is longer than the event
 * loop waits on a loaded machine, and short enough for `--resume` right after a kill to wait for it.
 */
const STALE_MS = 5000;

/** Time between renewals, ms: the least that proper-lockfile allows, so that five must fail in a row. */
const RENEWAL_MS = 1000;

/**
 * Attempts to take a lock whose owner is not known to be alive. Together they last longer than such a lock can seem
 * fresh.
 */
const ATTEMPTS = { retries: 30, factor: 1, minTimeout: 200, maxTimeout: 200 };

/** A claim of a folder. */
export interface FolderClaim {
  /** Aborted when another process took the folder over, e.g. because this one was suspended. */
  readonly lost: AbortSignal;
  /** Ends the claim. */
  release(): Promise<void>;
}

/**
 * Claims a folder for this process: a second process that goes on with the same work would write over the first one's
 * files.
 *
 * Two checks protect the folder. The lock is renewed while its owner runs; it holds even between containers that cannot
 * see each other's processes. The process id in `PID_FILE` names the owner, and keeps the claim of an owner that is
 * alive but suspended: its lock goes stale, yet it would go on to write when it continues.
 *
 * @returns the claim. After a kill of the last owner it waits until the lock is stale, at most `STALE_MS`.
 * @throws UsageError when another process has claimed the folder
 */
export async function claimFolder(path: string): Promise<FolderClaim> {
  const lost = new AbortController();
  refuseOtherOwner(path);
  let unlock: () => Promise<void>;
  try {
    unlock = await lockfile.lock(path, {
      lockfilePath: join(path, LOCK_FOLDER),
      stale: STALE_MS,
      update: RENEWAL_MS,
      retries: ATTEMPTS,
      onCompromised: (error) => lost.abort(error),
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ELOCKED") throw error;
    throw new UsageError(taken(path, ownerOf(path)));
  }
  try {
    // Another process may have claimed the folder and then been suspended while this one waited.
    refuseOtherOwner(path);
    writeFileSync(join(path, PID_FILE), `${process.pid}\n`);
  } catch (error) {
    await unlock();
    throw error;
  }
  return {
    lost: lost.signal,
    async release() {
      // The files of a claim that was lost belong to the process that took the folder over.
      if (lost.signal.aborted) return;
      rmSync(join(path, PID_FILE), { force: true });
      await unlock();
    },
  };
}

/**
 * Refuses an owner that is alive. This process itself is none: after a restart of a container it often gets the id of
 * the process that was killed, and the lock tells the two apart.
 */
function refuseOtherOwner(path: string): void {
  const owner = ownerOf(path);
  if (owner !== null && owner !== process.pid && isAlive(owner)) throw new UsageError(taken(path, owner));
}

function taken(path: string, owner: number | null): string {
  const who = owner === null ? "another process" : `process ${owner}`;
  return `${who} works in ${path}; wait for it, or remove ${join(path, PID_FILE)} if it is something else`;
}

/** The process that a claim names; null if it names none. */
function ownerOf(path: string): number | null {
  try {
    const pid = Number(readFileSync(join(path, PID_FILE), "utf8"));
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
    // A process of another user may not be signalled.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
