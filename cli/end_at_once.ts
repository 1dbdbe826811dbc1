import { readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The sequence by which terminals show the cursor, which a progress bar hides (ECMA-48, DECTCEM). */
const SHOW_CURSOR = "\u001b[?25h";

/**
 * Ends this process without waiting for its work. It kills the processes that it started, because a suspended one would
 * stay, and removes its temporary folders.
 */
export function endAtOnce(exitCode: number): never {
  for (const pid of childrenOf(process.pid)) kill(pid);
  const own = new RegExp(`^ring0-\\w+-${process.pid}-\\w+$`);
  for (const name of readdirSync(tmpdir()).filter((one) => own.test(one))) {
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
  if (process.stderr.isTTY) process.stderr.write(SHOW_CURSOR);
  process.exit(exitCode);
}

/** Ids of the processes that a process started, from Linux's /proc (proc(5): field 4 is the parent); else none. */
function childrenOf(pid: number): number[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc")
    .map(Number)
    .filter((id) => id > 0 && parentOf(id) === pid);
}

function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    // It has ended.
    return null;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}
