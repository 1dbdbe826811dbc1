#!/usr/bin/env node
import { say } from "./output.ts";
import { runProgram } from "./run_program.ts";

// A reader such as head or less closes the pipe when it has seen enough. That is not a failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") say(`error: cannot write to the standard output: ${error.message}`);
  process.exit(error.code === "EPIPE" ? 0 : 1);
});
// If nobody reads the messages, the command continues.
process.stderr.on("error", () => {});

const exitCode = await runProgram(process.argv.slice(2));
if (exitCode !== undefined) process.exitCode = exitCode;
