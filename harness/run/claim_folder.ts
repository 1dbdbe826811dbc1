import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import lockfile from "proper-lockfile";
import { isAlive } from "./is_alive.ts";
import { clearLeftovers } from "./leftovers.ts";
import { RunError, UsageError } from "./usage_error.ts";

/** The file that says which process works in a folder: the process id, and on a second line the machine. */
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

/** Longest wait for the end of a process that was killed, ms. Source: choice. */
const END_MS = 2000;

/** Time between looks at the process that holds a folder, ms. */
const LOOK_MS = 20;

/** Longest error of the time at which a process began, ms: the clock may have been set since. Source: choice. */
const CLOCK_MS = 10_000;

/** A claim of a folder. */
export interface FolderClaim {
  /** Aborted when another process took the folder over, e.g. because this one was suspended. */
  readonly lost: AbortSignal;
  /** Throws a RunError if another process has taken the folder over. Call it before every write. */
  readonly assertHeld: () => void;
  /** Ends the claim. */
  release(): Promise<void>;
}

/**
 * Claims a folder for this process: a second process that goes on with the same work would write over the first one's
 * files. Then it removes what killed writes left in the folder.
 *
 * Three checks protect the folder. On Linux, the process listens on a socket whose name has the number of the folder.
 * Only one process of the machine can, and the system frees the name at its end, so that no start can lose a race. The
 * lock is renewed while its owner runs; it holds even between containers that cannot see each other's processes. The
 * process id in `PID_FILE` names the owner, and keeps the claim of an owner that is alive but suspended: its lock goes
 * stale, yet it would go on to write when it continues. A folder that several machines share has the lock alone, whose
 * times compare only if the clocks of the machines agree within two seconds.
 *
 * @returns the claim. After a kill of the last owner it waits until the lock is stale, at most `STALE_MS`.
 * @throws UsageError when another process has claimed the folder
 */
export async function claimFolder(path: string): Promise<FolderClaim> {
  const lost = new AbortController();
  refuseOtherOwner(path);
  const name = await holdName(path);
  let unlock: () => Promise<void>;
  try {
    unlock = await lock(path, lost);
  } catch (error) {
    await freeName(name);
    throw error;
  }
  try {
    // Another process may have claimed the folder and then been suspended while this one waited.
    refuseOtherOwner(path);
    writeFileSync(join(path, PID_FILE), `${process.pid}\n${hostname()}\n`);
    clearLeftovers(path);
  } catch (error) {
    await unlock();
    await freeName(name);
    throw error;
  }
  return {
    lost: lost.signal,
    assertHeld() {
      const owner = ownerOf(path);
      if (!lost.signal.aborted && (owner === null || isThisProcess(owner))) return;
      throw new RunError(`another process has taken over ${path}; this one leaves it alone`);
    },
    async release() {
      // The files of a claim that was lost belong to the process that took the folder over.
      if (!lost.signal.aborted) {
        rmSync(join(path, PID_FILE), { force: true });
        await unlock();
      }
      await freeName(name);
    },
  };
}

/**
 * Removes the claim that a process left which was killed while it ended it. The caller knows that no other process
 * works in the folder.
 */
export function clearClaim(path: string): void {
  rmSync(join(path, PID_FILE), { force: true });
  rmSync(join(path, LOCK_FOLDER), { recursive: true, force: true });
}

/**
 * Does work in a claimed folder, then ends the claim.
 *
 * @param signal stops the work, as the loss of the folder does
 * @throws RunError if another process has taken the folder over
 */
export async function whileClaimed<Result>(
  claim: FolderClaim,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  try {
    const result = await work(signal === undefined ? claim.lost : AbortSignal.any([signal, claim.lost]));
    claim.assertHeld();
    return result;
  } finally {
    await claim.release();
  }
}

async function lock(path: string, lost: AbortController): Promise<() => Promise<void>> {
  try {
    return await lockfile.lock(path, {
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
}

/**
 * Listens on a socket in Linux's abstract namespace that is named after the folder. Null where there is none.
 *
 * @throws UsageError when another process listens there
 */
async function holdName(path: string): Promise<Server | null> {
  if (process.platform !== "linux") return null;
  const { dev, ino } = statSync(path);
  const name = `\0ring0-gym/folder/${dev}/${ino}`;
  for (const end = performance.now() + END_MS; ; await pause(LOOK_MS)) {
    try {
      return await listen(name);
    } catch (error) {
      // Some sandboxes allow no sockets. The other checks remain.
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") return null;
    }
    // The owner may have been killed a moment ago and not have ended yet.
    const owner = ownerOf(path);
    if ((owner !== null && runsHere(owner)) || performance.now() > end) throw new UsageError(taken(path, owner));
  }
}

function listen(name: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.unref();
    server.once("error", reject);
    server.listen(name, () => resolve(server));
  });
}

async function freeName(server: Server | null): Promise<void> {
  if (server !== null) await new Promise((resolve) => server.close(resolve));
}

/**
 * Refuses an owner that is alive. This process itself is none: after a restart of a container it often gets the id of
 * the process that was killed, and the lock tells the two apart.
 */
function refuseOtherOwner(path: string): void {
  const owner = ownerOf(path);
  if (owner !== null && !isThisProcess(owner) && runsHere(owner) && !isYounger(owner, path))
    throw new UsageError(taken(path, owner));
}

function taken(path: string, owner: Owner | null): string {
  const where = owner === null || owner.host === hostname() ? "" : ` on ${owner.host}`;
  const who = owner === null ? "another process" : `process ${owner.pid}${where}`;
  return `${who} works in ${path}; wait for it, or remove ${join(path, PID_FILE)} if it is something else`;
}

/** A process and the machine that it runs on. */
interface Owner {
  pid: number;
  host: string;
}

/** The process that a claim names; null if it names none. A claim without a machine is of this one. */
function ownerOf(path: string): Owner | null {
  try {
    const [first, host] = readFileSync(join(path, PID_FILE), "utf8").split("\n");
    const pid = Number(first);
    return Number.isSafeInteger(pid) && pid > 0 ? { pid, host: host || hostname() } : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

function isThisProcess({ pid, host }: Owner): boolean {
  return pid === process.pid && host === hostname();
}

/** Whether a process of this machine runs. Of one on another machine only its lock tells. */
function runsHere({ pid, host }: Owner): boolean {
  return host === hostname() && isAlive(pid);
}

/** Whether a process began after the claim was written: then it only got the id of the owner, which has ended. */
function isYounger({ pid }: Owner, path: string): boolean {
  try {
    return processStart(pid) > statSync(join(path, PID_FILE)).mtimeMs + CLOCK_MS;
  } catch {
    return false;
  }
}

/** When a process began, ms since 1970, from Linux's /proc (proc(5): field 22 in hundredths of a second since boot). */
function processStart(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const ticks = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
  const boot = Number(/^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1]);
  return 1000 * boot + 10 * ticks;
}
