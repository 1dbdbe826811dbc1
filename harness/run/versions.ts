import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { cpus, hostname } from "node:os";
import project from "../../package.json" with { type: "json" };

/** Longest output of git, bytes: differences of large files of numbers are long. Source: choice. */
const LONGEST_ANSWER = 2 ** 30;

/** Version of this package. */
export const VERSION: string = project.version;

/** Versions of the software that a result depends on, by name. */
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
 * Version of the present code: the version of the package and, in a clone, the commit, e.g. `0.1.0+1a2b3c4d`. If
 * tracked files differ from the commit, `.altered.` and a hash of the differences follow, so that different changes
 * have different versions.
 */
export function codeVersion(): string {
  const commit = git("rev-parse", "--short=8", "HEAD");
  // If the package is installed inside another clone, the commit is not that of this code.
  const place = git("rev-parse", "--show-prefix");
  if (commit === null || (place !== "harness/run/" && place !== "dist/harness/run/")) return VERSION;
  const differences = git("diff", "--no-ext-diff", "--no-relative", "--binary", "HEAD");
  return `${VERSION}+${commit}${differences === "" ? "" : `.altered.${shortHash(differences ?? "")}`}`;
}

/** A description of the machine, e.g. `2 cores of Intel(R) Xeon(R) Processor, linux x64`. */
export function machine(): string {
  const cores = cpus();
  const model = cores[0]?.model.trim() ?? "an unknown processor";
  return `${cores.length} ${cores.length === 1 ? "core" : "cores"} of ${model}, ${process.platform} ${process.arch}`;
}

/** The machine that figures of time belong to: `host (processor, Node v22.12.0)`. */
export function machineName(): string {
  return `${hostname()} (${cpus()[0]?.model.trim() ?? "an unknown processor"}, Node ${process.version})`;
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}

/** The output of git in this folder; null without git or outside of a clone. */
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
