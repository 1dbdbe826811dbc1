import { say } from "./output.ts";

/**
 * Runs the command line of this process, and sets its exit code.
 *
 * @param run runs arguments and returns the exit code, or undefined where the command has set one
 */
export async function start(run: (args: readonly string[]) => Promise<number | undefined>): Promise<void> {
  const args = process.argv.slice(2);
  // Without --listen, `serve` writes to the open file itself; Node would make a pipe here one that does not block.
  const served = args.includes("serve") && !args.some((argument) => argument.startsWith("--listen"));
  // A reader such as head or less closes the pipe when it has seen enough. That is not a failure.
  if (!served) process.stdout.on("error", endOfOutput);
  // If nobody reads the messages, the command continues.
  process.stderr.on("error", () => {});
  const exitCode = await run(args);
  if (exitCode !== undefined) process.exitCode = exitCode;
}

function endOfOutput(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") say(`error: cannot write to the standard output: ${error.message}`);
  process.exit(error.code === "EPIPE" ? 0 : 1);
}
