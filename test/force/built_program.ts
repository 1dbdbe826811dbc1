import { execFile } from "node:child_process";
import { copyFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

const ROOT = resolve(import.meta.dirname, "../..");

/**
 * Builds the program as the package has it, in a folder outside the checkout. A built program starts three times as
 * fast as its sources.
 *
 * @returns the file of the command line
 */
export async function buildProgram(folder: string): Promise<string> {
  const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");
  const args = [tsc, "-p", "tsconfig.build.json", "--declaration", "false", "--outDir", join(folder, "dist")];
  await promisify(execFile)(process.execPath, args, { cwd: ROOT });
  copyFileSync(join(ROOT, "package.json"), join(folder, "package.json"));
  for (const name of ["node_modules", "workloads"]) symlinkSync(join(ROOT, name), join(folder, name));
  return join(folder, "dist/cli/main.js");
}
