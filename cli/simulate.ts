import type { Command } from "commander";
import type { Simulation } from "../harness/evaluate/simulate.ts";
import { MOST } from "../harness/run/limits.ts";
import { type Format, figure, formatOption, printCsv, printJson, printTable, say } from "./output.ts";
import { collect, countOption, parseWhole } from "./parse.ts";
import { Progress } from "./progress.ts";

interface Options {
  env: string;
  policy: string;
  workload?: string;
  workloadFormat?: string;
  option?: string[];
  seeds: number;
  firstSeed: number;
  format: Format;
}

/** The command `simulate`. */
export function addSimulate(program: Command): void {
  program
    .command("simulate")
    .description("run one policy on one workload and print every metric of the subsystem")
    .requiredOption("--env <name>", "environment, by id or alias")
    .requiredOption("--policy <name|dir|file>", "heuristic, program, reference, random, or folder of a run or policy")
    .option("--workload <name|file>", "workload of any split, or a trace file (default: drawn from the seed)")
    .option("--workload-format <name>", "format of the file (default: recognised by its content)")
    .option("--option <key=value>", "setting of the environment; may be given several times", collect)
    .addOption(countOption("--seeds <n>", "number of seeds", MOST.simulatedSeeds).default(1))
    .option("--first-seed <n>", "first seed", parseWhole, 0)
    .addOption(formatOption())
    .action(runSimulate);
}

async function runSimulate({ format, option, ...options }: Options): Promise<void> {
  const { simulate } = await import("../harness/evaluate/simulate.ts");
  const progress = new Progress("simulating");
  const simulation = await simulate({
    ...options,
    options: option,
    onFormat: ({ name, called }, notes) => {
      if (name === "packed") return;
      say(`reading ${options.workload} as ${called}, format ${name}${notes.map((note) => `; ${note}`).join("")}`);
    },
    onSeed: (done, total) => progress.update(done, total),
  });
  progress.stop();
  if (format === "json") printJson(simulation);
  else if (format === "csv") printCsv(flatten(simulation));
  else printMetrics(simulation);
}

function flatten({ env, policy, seeds }: Simulation): object[] {
  return seeds.map(({ metrics, ...seed }) => ({ env, policy, ...seed, ...metrics }));
}

function printMetrics({ seeds, mean }: Simulation): void {
  const columns = seeds.map(
    (run) => ({ ...run.metrics, cost: run.cost, return: run.return }) as Record<string, number>,
  );
  const head = ["figure", "mean"];
  if (seeds.length > 1) head.push(...seeds.map(({ seed }) => `seed ${seed}`));
  const lines = Object.entries(mean).map(([name, value]) => {
    const own = seeds.length > 1 ? columns.map((column) => figure(column[name])) : [];
    return [name, figure(value), ...own];
  });
  printTable(head, [
    [
      "workload",
      seeds.length === 1 ? (seeds[0].workload ?? "") : "",
      ...(seeds.length > 1 ? seeds.map(({ workload }) => workload ?? "") : []),
    ],
    ...lines,
  ]);
}
