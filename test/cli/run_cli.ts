import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { vi } from "vitest";
import { createProgram } from "../../cli/program.ts";
import { runProgram } from "../../cli/run_program.ts";

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

/** Arguments of node that start the command line. */
export const CLI_ARGUMENTS: readonly string[] = ["--import", loader, main];

/**
 * Starts the real command line.
 *
 * @param nodeArguments arguments of node before the others
 * @param variables of its environment, beside those of this process
 */
export function startCli(
  args: readonly string[],
  cwd?: string,
  nodeArguments: readonly string[] = [],
  variables?: NodeJS.ProcessEnv,
): { child: ChildProcess; result: Promise<CliResult> } {
  const child = spawn(process.execPath, [...nodeArguments, ...CLI_ARGUMENTS, ...args], {
    cwd,
    env: { ...process.env, ...variables },
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

/**
 * Runs a command in this process, which takes milliseconds where a process of its own takes a second.
 * Signals, closed pipes and the exit code of the process itself need `runCli`. One at a time: the output of this
 * process and its folder are taken over while the command runs.
 *
 * @param cwd folder in which the command runs
 */
export async function runHere(args: readonly string[], cwd = process.cwd()): Promise<CliResult> {
  const result: CliResult = { code: null, stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((part) => {
      result[name] += typeof part === "string" ? part : Buffer.from(part).toString();
      return true;
    }),
  );
  const [folder, { exitCode }] = [process.cwd(), process];
  process.exitCode = undefined;
  process.chdir(cwd);
  try {
    const code = await runProgram(args, createProgram());
    result.code = code ?? Number(process.exitCode ?? 0);
    return result;
  } finally {
    process.chdir(folder);
    process.exitCode = exitCode;
    for (const spy of spies) spy.mockRestore();
  }
}

/** Runs the real command line to its end. */
export function runCli(args: readonly string[], cwd?: string): Promise<CliResult> {
  return startCli(args, cwd).result;
}
