import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * Path of a trace that the package ships. The compiled package reads the traces of the source folder.
 *
 * @param name path within `workloads/traces` without the extension, e.g. `accesses/redis`
 */
export function bundledTrace(name: string): string {
  const fromSource = fileURLToPath(new URL(`./${name}.r0t`, import.meta.url));
  if (existsSync(fromSource)) return fromSource;
  return fileURLToPath(new URL(`../../../workloads/traces/${name}.r0t`, import.meta.url));
}
