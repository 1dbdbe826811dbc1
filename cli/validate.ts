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
  const records = await validate(env);
  if (format === "json") printJson(records);
  else if (format === "csv") printCsv(records);
  else {
    printTable(
      ["target", "quantity", "expected", "simulated", "tolerance", "holds", "source"],
      records.map((record) => [
        record.id,
        record.quantity,
        figure(record.expected),
        figure(record.simulated),
        figure(record.tolerance),
        record.holds ? "yes" : "NO",
        record.source,
      ]),
    );
  }
  const failed = records.filter(({ holds }) => !holds);
  say(`${records.length - failed.length} of ${records.length} targets hold`);
  if (failed.length > 0) process.exitCode = 1;
}
