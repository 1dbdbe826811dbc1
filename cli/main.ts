#!/usr/bin/env node
import { commandName, namesProgram } from "./command_name.ts";
import { runInThread } from "./run_in_thread.ts";
import { runProgram } from "./run_program.ts";
import { start } from "./start.ts";

/** Commands that save their work at a signal, and whose parts last longer than a user wants to wait for that. */
const LONG = ["train", "evaluate", "tradeoff", "ladder"] as (string | undefined)[];

await start(async (args) => {
  if (namesProgram(args) && commandName(args) !== "score-program") {
    const { runWithPrograms } = await import("./run_with_programs.ts");
    return runWithPrograms(commandName(args), args);
  }
  if (LONG.includes(commandName(args))) return runInThread(process.argv);
  const { createProgram } = await import("./program.ts");
  return runProgram(args, createProgram());
});
