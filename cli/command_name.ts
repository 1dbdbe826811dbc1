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
