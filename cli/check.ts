import type { Command } from "commander";
import { type Format, formatOption, printCsv, printJson, printTable, say } from "./output.ts";

/** The command `check`. */
export function addCheck(program: Command): void {
  program
    .command("check")
    .description("check whether environments keep the contract")
    .option("--env <name>", "environment, by id or alias (default: all)")
    .addOption(formatOption())
    .action(runCheck);
}

async function runCheck({ env, format }: { env?: string; format: Format }): Promise<void> {
  const { checkEnvironments } = await import("../harness/evaluate/check.ts");
  const records = checkEnvironments(env).flatMap(({ env: id, findings }) =>
    findings.map(({ check, ok, message }) => ({ env: id, check, ok, message })),
  );
  if (format === "json") printJson(records);
  else if (format === "csv") printCsv(records);
  else {
    printTable(
      ["environment", "check", "result", "message"],
      records.map(({ env: id, check, ok, message }) => [id, check, ok ? "pass" : "FAIL", message]),
    );
  }
  const failed = records.filter(({ ok }) => !ok);
  if (failed.length === 0) return;
  say(`${failed.length} of ${records.length} checks failed: ${failed.map(({ check }) => check).join(", ")}`);
  process.exitCode = 1;
}
