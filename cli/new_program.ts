import { Command } from "commander";
import { shortText } from "../harness/run/short_text.ts";
import { VERSION } from "../harness/run/versions.ts";
import { collect } from "./parse.ts";
import { printableLine } from "./printable.ts";

/** The command line without commands. */
export function newProgram(): Command {
  return (
    new Command("ring0-gym")
      .description("Reinforcement-learning environments for kernel policies")
      .version(VERSION)
      .exitOverride()
      // An error is one line: the suggestion follows the error on the same line.
      .configureOutput({
        outputError: (text, write) => write(`${printableLine(shortText(text.trim().replaceAll("\n", " ")))}\n`),
      })
      .helpCommand(false)
      .option("--import <module>", "import a module first, e.g. one that registers an environment", collect)
      .hook("preAction", (root) => {
        const { import: modules } = root.opts<{ import?: string[] }>();
        // A command without any must not wait for what imports them.
        return modules === undefined ? undefined : importAsked(modules);
      })
      .addHelpText(
        "after",
        "\nExit codes: 0 done, 1 failed or a check did not hold, 2 bad usage or a file that cannot be used.",
      )
  );
}

async function importAsked(modules: readonly string[]): Promise<void> {
  const { importModules } = await import("../harness/run/import_modules.ts");
  await importModules(modules);
}
