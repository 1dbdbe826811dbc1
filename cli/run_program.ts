import { type Command, CommanderError } from "commander";
import { describeError } from "../harness/run/describe_error.ts";
import { say } from "./output.ts";

/** Commander's codes for a requested help or version text. */
const ANSWERED = ["commander.helpDisplayed", "commander.version"];

/** Runs the command line and returns its exit code, or undefined where the command has set one. */
export async function runProgram(args: readonly string[], program: Command): Promise<number | undefined> {
  if (args.length === 0) {
    program.outputHelp({ error: true });
    return 2;
  }
  try {
    await program.parseAsync(args, { from: "user" });
    return undefined;
  } catch (error) {
    if (error instanceof CommanderError) return ANSWERED.includes(error.code) ? 0 : 2;
    const { message, exitCode, expected } = describeError(error);
    if (process.env.RING0_DEBUG === "1") say(error instanceof Error ? (error.stack ?? message) : message);
    else say(expected ? `error: ${message}` : `unexpected error: ${message} (set RING0_DEBUG=1 for the stack)`);
    return exitCode;
  }
}
