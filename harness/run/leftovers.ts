import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { isAlive } from "./is_alive.ts";

/** Names of the files and folders that a write fills before it renames them. */
const PARTIAL = /^\..+\.partial-(\d+)$/;

/** Names of folders that a write moved aside. */
const PREVIOUS = /^\.(.+)\.previous$/;

/** The path that a process fills before it renames it to `path`. */
export function partialPath(path: string): string {
  return join(dirname(resolve(path)), `.${basename(path)}.partial-${process.pid}`);
}

/** Whether a kill can leave a file or folder of this name, so that it belongs to nobody. */
export function isLeftover(name: string): boolean {
  return PARTIAL.test(name) || PREVIOUS.test(name);
}

/**
 * Removes the files and folders that a kill during a write leaves in a folder. A kill between the two renames of a
 * folder leaves only its previous state, which gets its name back. The caller must be the only process that writes
 * into the folder.
 */
export function clearLeftovers(path: string): void {
  if (!existsSync(path) || !statSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) {
    const target = PREVIOUS.exec(name)?.[1];
    if (target !== undefined && !existsSync(join(path, target))) renameSync(join(path, name), join(path, target));
    else if (isLeftover(name)) rmSync(join(path, name), { recursive: true, force: true });
  }
}

/**
 * Removes the files and folders that processes filled and did not rename, because they were killed. Other processes may
 * write into the folder.
 */
export function clearDeadPartials(path: string): void {
  try {
    for (const name of readdirSync(path)) {
      const owner = PARTIAL.exec(name)?.[1];
      if (owner !== undefined && !isAlive(Number(owner))) rmSync(join(path, name), { recursive: true, force: true });
    }
  } catch {
    // The folder is missing, or leftovers of another user are in it. If that matters, the write itself fails.
  }
}
