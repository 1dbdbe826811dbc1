import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { REASON_DESCRIPTOR } from "../harness/program/watch_programs.ts";
import { EXIT_CODES, type Stop } from "./interruptible.ts";
import { say } from "./output.ts";

/** Most heap of JavaScript in the process, MB. Source: choice. */
const MOST_HEAP_MB = 1024;

/** Variables that the process gets. */
const VARIABLES = ["PATH", "HOME", "TERM", "COLUMNS", "NO_COLOR", "TMPDIR", "RING0_DEBUG"];

/** Commands that write files. */
const WRITING = ["ladder", "tune", "tradeoff"];

/** How the process ended. */
export interface ProgramProcessEnd {
  /** What it wrote to its standard output; empty where that was passed on. */
  output: string;
  /** null where it was ended. */
  exitCode: number | null;
  /** Why it was ended; empty where it ended by itself. */
  reason: string;
}

/**
 * Runs a command in a process of its own, because programs of users play in it: it has a limit of memory, a watch over
 * the time of every call of a program, and Node's permission model, under which it starts no processes and writes no
 * files unless the command does. The programs themselves run in realms that have none of Node's modules anyway.
 *
 * @returns the exit code
 */
export async function runWithPrograms(command: string | undefined, args: readonly string[]): Promise<number> {
  const { exitCode, reason } = await runProcess(command, args, "inherit");
  if (reason !== "") say(`error: ${reason}`);
  return exitCode ?? 2;
}

/** As `runWithPrograms`, but returns what the command wrote to its standard output, and how it ended. */
export function askProgramProcess(command: string, args: readonly string[]): Promise<ProgramProcessEnd> {
  return runProcess(command, args, "pipe");
}

async function runProcess(
  command: string | undefined,
  args: readonly string[],
  output: "inherit" | "pipe",
): Promise<ProgramProcessEnd> {
  const child = spawn(process.execPath, [...flags(command), programProcess(), ...args], {
    // A terminal sends its Ctrl-C to this process alone, which passes it on.
    detached: true,
    stdio: ["inherit", output, "inherit", "pipe"],
    env: Object.fromEntries(VARIABLES.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []))),
  });
  for (const name of Object.keys(EXIT_CODES) as Stop[]) process.on(name, () => child.kill(name));
  const written = output === "pipe" ? readAll(child.stdout) : Promise.resolve("");
  const said = readAll(child.stdio[REASON_DESCRIPTOR]);
  const [exitCode, signal] = await once(child, "close");
  const ended = exitCode === null ? `the process with the program was ended by ${signal}` : "";
  return { output: await written, exitCode, reason: (await said) || ended };
}

async function readAll(stream: ChildProcess["stdio"][number]): Promise<string> {
  let text = "";
  for await (const part of stream as AsyncIterable<Buffer>) text += part.toString();
  return text;
}

function programProcess(): string {
  return fileURLToPath(new URL(`./program_process${extname(import.meta.url)}`, import.meta.url));
}

/** Flags of Node for the process. Sources load by tsx, which starts a compiler; a build needs none. */
function flags(command: string | undefined): string[] {
  const permission = process.allowedNodeEnvironmentFlags.has("--permission")
    ? "--permission"
    : "--experimental-permission";
  const sources = extname(import.meta.url) === ".ts";
  const written = WRITING.includes(command ?? "") ? ["*"] : sources ? [`${tmpdir()}/*`] : [];
  return [
    ...process.execArgv,
    `--max-old-space-size=${MOST_HEAP_MB}`,
    permission,
    "--disable-warning=ExperimentalWarning",
    "--disable-warning=SecurityWarning",
    "--allow-fs-read=*",
    "--allow-worker",
    ...(sources ? ["--allow-child-process"] : []),
    ...written.map((path) => `--allow-fs-write=${path}`),
  ];
}
