import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { cpus } from "node:os";
import project from "../../package.json" with { type: "json" };

/** Most that git may say, bytes: differences of large files of numbers are long. Source: choice. */
const LONGEST_ANSWER = 2 ** 30;

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
 * Version of the code that is here now: of the package, and of the commit where it is a clone, e.g. `0.1.0+1a2b3c4d`. When files that git
 * knows differ from the commit, `.altered.` is behind it and a hash of the differences, so that no two alterations are taken for one.
 */
export function codeVersion(): string {
  const commit = git("rev-parse", "--short=8", "HEAD");
  // Installed in somebody else's clone, this is not what that clone's commits are of.
  const place = git("rev-parse", "--show-prefix");
  if (commit === null || (place !== "harness/run/" && place !== "dist/harness/run/")) return VERSION;
  const differences = git("diff", "--no-ext-diff", "--no-relative", "--binary", "HEAD");
  return `${VERSION}+${commit}${differences === "" ? "" : `.altered.${shortHash(differences ?? "")}`}`;
}

/** The machine in words, e.g. `2 cores of Intel(R) Xeon(R) Processor, linux x64`. */
export function machine(): string {
  const cores = cpus();
  const model = cores[0]?.model.trim() ?? "an unknown processor";
  return `${cores.length} ${cores.length === 1 ? "core" : "cores"} of ${model}, ${process.platform} ${process.arch}`;
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}

/** What git says about this folder; null where there is no git, or no clone. */
function git(...args: readonly string[]): string | null {
  try {
    return execFileSync("git", args, {
      cwd: import.meta.dirname,
      encoding: "utf8",
      maxBuffer: LONGEST_ANSWER,
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return null;
  }
}
