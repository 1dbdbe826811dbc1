import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { cpus } from "node:os";
import project from "../package.json" with { type: "json" };

/** Version of this package. */
export const VERSION: string = project.version;

/** Versions of what a result depends on, by name. */
export function versions(): Record<string, string> {
  const tfjs: { version: string } = createRequire(import.meta.url)("@tensorflow/tfjs-core/package.json");
  return {
    [project.name]: VERSION,
    node: process.version,
    tfjs: tfjs.version,
    platform: `${process.platform} ${process.arch}`,
  };
}

/**
 * Version of the code that runs: of the package, and of the commit where it is a clone, e.g. `0.1.0+1a2b3c4d`, with `.altered` behind
 * it when files that git knows differ from the commit.
 */
export function codeVersion(): string {
  const commit = git("rev-parse", "--short=8", "HEAD");
  // Installed in somebody else's clone, this is not what that clone's commits are of.
  const place = git("rev-parse", "--show-prefix");
  if (commit === null || (place !== "harness/" && place !== "dist/harness/")) return VERSION;
  return `${VERSION}+${commit}${git("status", "--porcelain", "--untracked-files=no") === "" ? "" : ".altered"}`;
}

/** The machine in words, e.g. `2 cores of Intel(R) Xeon(R) Processor, linux x64`. */
export function machine(): string {
  const cores = cpus();
  const model = cores[0]?.model.trim() ?? "an unknown processor";
  return `${cores.length} ${cores.length === 1 ? "core" : "cores"} of ${model}, ${process.platform} ${process.arch}`;
}

/** What git says about this folder; null where there is no git, or no clone. */
function git(...args: readonly string[]): string | null {
  try {
    return execFileSync("git", args, {
      cwd: import.meta.dirname,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return null;
  }
}
