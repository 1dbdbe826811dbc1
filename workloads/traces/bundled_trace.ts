import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * Path of a trace that the package brings along, in the sources and in the compiled package, which reads the traces of the sources.
 *
 * @param name within `workloads/traces`, without the ending, e.g. `accesses/redis`
 */
export function bundledTrace(name: string): string {
  const fromSource = fileURLToPath(new URL(`./${name}.r0t`, import.meta.url));
  if (existsSync(fromSource)) return fromSource;
  return fileURLToPath(new URL(`../../../workloads/traces/${name}.r0t`, import.meta.url));
}
