import type { Command } from "commander";
import { type Format, formatOption, printCsv, printJson, printTable } from "./output.ts";

/** The command `list`. */
export function addList(program: Command): void {
  program
    .command("list")
    .description("list environments with their policies, workloads and options, and agents")
    .addOption(formatOption())
    .action(runList);
}

async function runList({ format }: { format: Format }): Promise<void> {
  const { listEverything } = await import("../harness/evaluate/list.ts");
  const listing = listEverything();
  if (format === "json") {
    printJson(listing);
  } else if (format === "csv") {
    printCsv(
      listing.environments.map(({ id, alias, policies, workloads }) => ({
        id,
        alias,
        policies: policies.join(" "),
        workloads: workloads.map(({ name }) => name).join(" "),
      })),
    );
  } else {
    for (const { id, alias, description, heuristics, workloads, options } of listing.environments) {
      process.stdout.write(`\n${id} (${alias}): ${description}\n`);
      if (heuristics.length > 0) {
        process.stdout.write("\n");
        const lines = heuristics.map(({ name, role, description: text }) => [name, role, text]);
        printTable(["policy", "role", "description"], lines);
      }
      if (workloads.length > 0) {
        const lines = workloads.map(({ name, family, split }) => [name, family, split]);
        process.stdout.write("\n");
        printTable(["workload", "family", "split"], lines);
      }
      const settings = options.map((option) => {
        const { choices, min = "", max = "" } = option;
        const allowed = choices?.join(", ") ?? (option.type === "number" ? `${min} to ${max}` : "text");
        return [option.name, allowed, option.unit ?? "", option.description];
      });
      process.stdout.write("\n");
      printTable(["option", "allowed", "unit", "description"], settings);
    }
    process.stdout.write(`\nagents: ${listing.agents.join(", ")}\n`);
  }
}
