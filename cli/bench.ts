import type { Command } from "commander";
import { type Format, formatOption, printCsv, printJson, printTable, say } from "./output.ts";

/** The command `bench`. */
export function addBench(program: Command): void {
  program
    .command("bench")
    .description("measure the throughput of environments, agents, policies and heuristics")
    .addOption(formatOption("json"))
    .action(runBench);
}

async function runBench({ format }: { format: Format }): Promise<void> {
  const { bench } = await import("../harness/bench/bench.ts");
  const results = await bench(({ name, value, unit }) => say(`${name}: ${value} ${unit}`));
  if (format === "json") printJson(results);
  else if (format === "csv") printCsv(results);
  else {
    printTable(
      ["name", "value", "unit"],
      results.map(({ name, value, unit }) => [name, `${value}`, unit]),
    );
  }
}
