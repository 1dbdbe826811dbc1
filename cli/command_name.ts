import { isProgramFile } from "../harness/program/program_file.ts";

/** Options of the program, before a command, that take a value. */
const WITH_VALUE = ["--import"];

/**
 * The command that the arguments of a command line name, or undefined where they name none.
 *
 * @param args arguments behind the script, e.g. `["--import", "./my_env.ts", "train"]`
 */
export function commandName(args: readonly string[]): string | undefined {
  for (let index = 0; index < args.length; index++) {
    if (WITH_VALUE.includes(args[index])) index++;
    else if (!args[index].startsWith("-")) return args[index];
  }
  return undefined;
}

/** Whether arguments name a program of the user, which is not a module that `--import` loads. */
export function namesProgram(args: readonly string[]): boolean {
  return args.some((argument, i) => isProgramFile(argument) && !WITH_VALUE.includes(args[i - 1]));
}
