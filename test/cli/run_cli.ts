import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** Result of a command. */
export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

const main = resolve(import.meta.dirname, "../../cli/main.ts");
const loader = pathToFileURL(
  join(dirname(createRequire(import.meta.url).resolve("tsx/package.json")), "dist/loader.mjs"),
).href;

/** Starts the real command line. */
export function startCli(args: readonly string[], cwd?: string): { child: ChildProcess; result: Promise<CliResult> } {
  const child = spawn(process.execPath, ["--import", loader, main, ...args], {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const result: CliResult = { code: null, stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    result.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    result.stderr += text;
  });
  return {
    child,
    result: new Promise((settle, reject) => {
      child.once("error", reject);
      child.once("close", (code) => settle({ ...result, code }));
    }),
  };
}

/** Runs the real command line to its end. */
export function runCli(args: readonly string[], cwd?: string): Promise<CliResult> {
  return startCli(args, cwd).result;
}
