import type { Command } from "commander";
import { MOST } from "../harness/run/limits.ts";
import { UsageError } from "../harness/run/usage_error.ts";
import { interruptible } from "./interruptible.ts";
import { type Format, formatOption, printCsv, printJson, printTable, say, warn } from "./output.ts";
import { collectNames, countOption, parseWhole } from "./parse.ts";
import { Progress } from "./progress.ts";
import { selfCommand } from "./self_command.ts";

/** Options that say what a benchmark measures. */
export interface Selection {
  env?: string[];
  agents?: string[];
  seeds?: number;
  steps?: number;
  episodes?: number;
  quick?: boolean;
  tables: boolean;
  keep?: string;
  out?: string;
}

/** Adds the options of `Selection`. */
export function addSelection(command: Command): Command {
  return command
    .option(
      "--env <names>",
      "environments, by id or alias, separated by commas (default: all with heuristics)",
      collectNames,
    )
    .option("--agents <names>", "algorithms, separated by commas (default: the environment's own)", collectNames)
    .addOption(countOption("--seeds <n>", "training seeds of each algorithm (default: 10)", MOST.seeds))
    .addOption(
      countOption("--steps <n>", "environment steps of each training (default: the environment's)", MOST.steps),
    )
    .addOption(
      countOption("--episodes <n>", "episodes of each test workload (default: the environment's)", MOST.episodes),
    )
    .option(
      "--quick",
      "a small benchmark that shows whether everything works: 4 environments, 3 seeds, a twentieth of the steps, " +
        "few episodes, --no-tables",
    )
    .option("--no-tables", "do not measure the published figures and the throughput at the end")
    .option("--keep <dir>", "keep the numbers of the other environments from an earlier benchmark")
    .option("--out <dir>", "folder of the benchmark (default: runs/benchmark-<time>)");
}

/** The commands `benchmark plan`, `benchmark cell` and `benchmark merge`. */
export function addCells(benchmark: Command): void {
  addSelection(
    benchmark.command("plan").description("make the folder of a benchmark and list its cells; start nothing"),
  )
    .addOption(formatOption())
    .action(runPlan);
  benchmark
    .command("cell")
    .description("run one cell of a plan; a finished one stays as it is, one that was killed goes on")
    .argument("<number>", "number of the cell in the plan, from 0", parseWhole)
    .requiredOption("--plan <dir>", "folder of the benchmark")
    .option("--out <dir>", "folder for the result, if the machines share none (default: that of the plan)")
    .action(runCell);
  benchmark
    .command("merge")
    .description("list the cells without a result; if there are none, write the results and the report")
    .argument("<dirs...>", "folders of one plan; the results go into the first one")
    .option("--incomplete", "write the results even if cells are missing")
    .addHelpText("after", "\nExit code 1 if cells are missing.")
    .action(runMerge);
}

/** Plans a benchmark. */
export async function plan({ env, ...selection }: Selection) {
  const { createPlan } = await import("../harness/benchmark/create_plan.ts");
  return createPlan({ ...selection, envs: env });
}

/**
 * The options of a part of `benchmark`. Commander gives an option that `benchmark` has too to `benchmark`, wherever it
 * stands.
 *
 * @throws UsageError for an option of `benchmark` that the part does not have
 */
function ownOptions<Own extends object>(own: Own, command: Command): Own {
  const parent = command.parent!;
  const given = parent.options.filter((option) => parent.getOptionValueSource(option.attributeName()) === "cli");
  const names = new Set(command.options.map((option) => option.attributeName()));
  const foreign = given.find((option) => !names.has(option.attributeName()));
  if (foreign !== undefined) throw new UsageError(`benchmark ${command.name()} has no option ${foreign.long}`);
  const values = given.map((option) => [option.attributeName(), parent.getOptionValue(option.attributeName())]);
  return { ...own, ...Object.fromEntries(values) };
}

async function runPlan(own: Selection & { format: Format }, command: Command): Promise<void> {
  const { format, ...selection } = ownOptions(own, command);
  const { path, benchmark, cells } = await plan(selection);
  const { planText } = await import("../harness/benchmark/plan.ts");
  const listed = planText(cells, benchmark.code);
  const columns = ["cell", "job", "kind", "env", "agent", "seed"] as const;
  if (format === "json") printJson(listed);
  else if (format === "csv") printCsv(listed.cells, columns);
  else {
    printTable(
      columns,
      listed.cells.map((cell) => columns.map((column) => `${cell[column] ?? ""}`)),
    );
  }
  say(`wrote ${path}; run each of its ${cells.length} cells: ${selfCommand("benchmark", "cell NUMBER --plan", path)}`);
  say(`when they have ended: ${selfCommand("benchmark", "merge", path)}`);
}

async function runCell(number: number, own: { plan: string; out?: string }, command: Command): Promise<void> {
  const { plan, out } = ownOptions(own, command);
  const { benchmarkCell } = await import("../harness/benchmark/cell.ts");
  const { Interrupted } = await import("../harness/run/interrupt.ts");
  const progress = new Progress("percent of the cell");
  const { result, exitCode } = await interruptible((signal) =>
    benchmarkCell(number, plan, { out, signal, onShare: (share) => progress.update(Math.floor(100 * share), 100) })
      .catch((error) => {
        if (error instanceof Interrupted) return null;
        throw error;
      })
      .finally(() => progress.stop()),
  );
  if (result === null) {
    say("interrupted and saved; the same command goes on");
    process.exitCode = exitCode ?? 1;
    return;
  }
  const { cell, folder, before } = result;
  say(`cell ${cell.cell} (${cell.name}) ${before ? "was done before" : "is done"}: ${folder}`);
}

async function runMerge(dirs: string[], own: { incomplete?: boolean }, command: Command): Promise<void> {
  const { incomplete } = ownOptions(own, command);
  const { mergeBenchmark } = await import("../harness/benchmark/merge.ts");
  const { path, cells, lost, written } = await mergeBenchmark(dirs, { incomplete });
  if (lost.length > 0) {
    printTable(
      ["cell", "job", "last failure"],
      lost.map(({ cell, failure }) => [`${cell.cell}`, cell.name, failure ?? ""]),
    );
    const merged = written ? "" : "; nothing was merged (--incomplete merges the others)";
    const resume = selfCommand("benchmark", "--resume", path);
    say(`${lost.length} of ${cells} cells have no result${merged}; run them: ${resume}`);
    process.exitCode = 1;
  }
  if (written) await report(path, `from ${cells - lost.length} of ${cells} cells`);
}

/** Writes the page and pictures of a benchmark. @param how to end the message */
export async function report(path: string, how: string): Promise<void> {
  const { writeReport } = await import("../harness/report/report.ts");
  await writeReport([path], { onWarning: warn });
  say(`wrote ${path} ${how}: results.csv, pictures and report.html`);
}
