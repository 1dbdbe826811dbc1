import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive } from "./is_alive.ts";

/**
 * Makes a temporary folder whose name has the id of this process, and removes those that killed processes left.
 *
 * @param kind word for its name, `ring0-<kind>-<pid>-<random>`
 */
export function makeTemporaryFolder(kind: string): string {
  const pattern = new RegExp(`^ring0-${kind}-(\\d+)-\\w+$`);
  for (const name of readdirSync(tmpdir())) {
    const owner = pattern.exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch {
      // It belongs to another user.
    }
  }
  return mkdtempSync(join(tmpdir(), `ring0-${kind}-${process.pid}-`));
}
