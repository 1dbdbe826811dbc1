import type { Command } from "commander";
import { type Format, figure, formatOption, printCsv, printJson, printTable, say } from "./output.ts";

/** The command `validate`. */
export function addValidate(program: Command): void {
  program
    .command("validate")
    .description("compare simulators with published figures")
    .option("--env <name>", "environment, by id or alias (default: all)")
    .addOption(formatOption())
    .action(runValidate);
}

async function runValidate({ env, format }: { env?: string; format: Format }): Promise<void> {
  const { validate } = await import("../harness/validate/validate.ts");
  const rows = await validate(env);
  if (format === "json") printJson(rows);
  else if (format === "csv") printCsv(rows);
  else {
    printTable(
      ["target", "quantity", "expected", "simulated", "tolerance", "holds", "source"],
      rows.map((row) => [
        row.id,
        row.quantity,
        figure(row.expected),
        figure(row.simulated),
        figure(row.tolerance),
        row.holds ? "yes" : "NO",
        row.source,
      ]),
    );
  }
  const failed = rows.filter(({ holds }) => !holds);
  say(`${rows.length - failed.length} of ${rows.length} targets hold`);
  if (failed.length > 0) process.exitCode = 1;
}
