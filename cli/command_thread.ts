import { parentPort, workerData } from "node:worker_threads";
import { EXIT_CODES, type Stop } from "./interruptible.ts";
import { createProgram } from "./program.ts";
import type { CommandTask } from "./run_in_thread.ts";
import { runProgram } from "./run_program.ts";

// Main module of the thread that `runInThread` starts.
const { argv, terminal } = workerData as CommandTask;
process.argv = argv;
for (const name of ["stdout", "stderr"] as const) Object.assign(process[name], terminal[name]);
parentPort!.on("message", (name: Stop) => {
  // Without a listener, the command has not begun its work or has ended it: nothing is to be saved.
  if (!process.emit(name, name)) process.exit(EXIT_CODES[name]);
});
parentPort!.unref();
process.exitCode = (await runProgram(argv.slice(2), createProgram())) ?? process.exitCode;
