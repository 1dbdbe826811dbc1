import { createProgram } from "../../cli/program.ts";
import { runProgram } from "../../cli/run_program.ts";

/** Result of a command. */
export interface CallResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Default time after which a command is interrupted, ms. */
const PATIENCE_MS = 150;

/**
 * Runs a command in this process.
 *
 * @param patience time after which it is interrupted as by Ctrl-C, where it can be, ms
 */
export async function callProgram(args: readonly string[], patience = PATIENCE_MS): Promise<CallResult> {
  const parts = { stdout: "", stderr: "" };
  const streams = (["stdout", "stderr"] as const).map((name) => {
    const own = process[name].write;
    process[name].write = ((part: string | Uint8Array) => {
      parts[name] += typeof part === "string" ? part : Buffer.from(part).toString();
      return true;
    }) as typeof own;
    return () => {
      process[name].write = own;
    };
  });
  process.exitCode = undefined;
  const timer = setTimeout(() => process.emit("SIGINT"), patience);
  const guard = () => {};
  process.on("SIGINT", guard);
  // A command that ends its process at Ctrl-C has ended what it waits for, so it returns.
  const { exit } = process;
  process.exit = guard as typeof exit;
  try {
    const code = await runProgram(args, createProgram());
    return { code: code ?? Number(process.exitCode ?? 0), ...parts };
  } finally {
    clearTimeout(timer);
    process.off("SIGINT", guard);
    process.exit = exit;
    process.exitCode = undefined;
    for (const restore of streams) restore();
  }
}
