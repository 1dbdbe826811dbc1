import { watchPrograms } from "../harness/program/watch_programs.ts";
import { dieWithParent } from "../harness/run/die_with_parent.ts";
import { commandName } from "./command_name.ts";
import { newProgram } from "./new_program.ts";
import { createProgram } from "./program.ts";
import { runProgram } from "./run_program.ts";
import { addScoreTask } from "./score_program.ts";
import { start } from "./start.ts";

// Main module of the process that `runWithPrograms` starts.
dieWithParent();
await start((args) => {
  if (commandName(args) === "score-program") {
    const program = newProgram();
    addScoreTask(program);
    return runProgram(args, program);
  }
  watchPrograms();
  return runProgram(args, createProgram());
});
