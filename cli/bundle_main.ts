#!/usr/bin/env node
// Main module of the bundle that scripts/bundle.ts writes: the commands that need no library for training or drawing.
import { addList } from "./list.ts";
import { newProgram } from "./new_program.ts";
import { runProgram } from "./run_program.ts";
import { addServe } from "./serve.ts";
import { start } from "./start.ts";

const program = newProgram();
addServe(program);
addList(program);
await start((args) => runProgram(args, program));
