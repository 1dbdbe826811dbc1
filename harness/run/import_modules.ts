import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { UsageError } from "./usage_error.ts";

/**
 * Imports modules of the user, which may register environments.
 *
 * @param modules paths from the current folder, or names of packages that are installed there
 * @throws UsageError that names the module and what is wrong with it
 */
export async function importModules(modules: readonly string[]): Promise<void> {
  for (const module of modules) {
    try {
      const file = existsSync(module) ? resolve(module) : createRequire(join(process.cwd(), "_")).resolve(module);
      await import(pathToFileURL(file).href);
    } catch (error) {
      const [reason] = (error instanceof Error ? error.message : String(error)).split("\n");
      throw new UsageError(`cannot import ${module}: ${reason}`);
    }
  }
}
