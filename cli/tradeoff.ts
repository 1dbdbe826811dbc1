import { type Command, Option } from "commander";
import { MOST } from "../harness/run/limits.ts";
import { interruptible } from "./interruptible.ts";
import { type Format, figure, formatOption, printCsv, printJson, printTable, say, warn } from "./output.ts";
import { collect, countOption } from "./parse.ts";
import { Progress } from "./progress.ts";

interface Options {
  env: string;
  policy?: string[];
  split: "validation" | "test";
  episodes?: number;
  out?: string;
  format: Format;
}

/** The command `tradeoff`. */
export function addTradeoff(program: Command): void {
  program
    .command("tradeoff")
    .description("sweep the constant by which each policy trades one side for the other, and draw the curves")
    .requiredOption("--env <name>", "environment, by id or alias")
    .option(
      "--policy <name|dir>",
      "heuristic, or folder of a run or policy; may be given several times (default: the strongest rivals)",
      collect,
    )
    .addOption(
      new Option("--split <name>", "split of the workloads and seeds")
        .choices(["validation", "test"])
        .default("validation"),
    )
    .addOption(countOption("--episodes <n>", "episodes of each workload (default: the environment's)", MOST.episodes))
    .option("--out <dir>", "folder for tradeoff.csv, .svg and .png (default: runs/<env>-tradeoff-<time>)")
    .addOption(formatOption())
    .action(runTradeoff);
}

async function runTradeoff({ format, policy, ...options }: Options): Promise<void> {
  const { tradeoff } = await import("../harness/tradeoff/tradeoff.ts");
  const { tradeoffCells, tradeoffColumns } = await import("../harness/tradeoff/point.ts");
  const progress = new Progress("playing");
  const { result, exitCode } = await interruptible((signal) =>
    tradeoff({
      ...options,
      policies: policy,
      signal,
      onEpisode: (done, total) => progress.update(done, total),
      onWarning: warn,
    }).finally(() => progress.stop()),
  );
  if (result === null) {
    say("interrupted; there is no result");
    process.exitCode = exitCode ?? 1;
    return;
  }
  const { points, metrics, measures, folder } = result;
  if (format === "json") printJson(points.map(tradeoffCells));
  else if (format === "csv") printCsv(points.map(tradeoffCells), tradeoffColumns(measures));
  else {
    printTable(
      [
        "policy",
        "constant",
        "value",
        "condition",
        metrics.x,
        metrics.y,
        ...measures.map(({ metric }) => metric),
        "episodes",
      ],
      points.map(({ constant, value, x, y, episodes, ...point }) => [
        point.policy,
        constant ?? "",
        value === null ? "" : `${value}`,
        point.condition,
        figure(x),
        figure(y),
        ...measures.map(({ metric, digits }) => figure(point.measures[metric], digits)),
        `${episodes}`,
      ]),
    );
  }
  say(`wrote tradeoff.csv, tradeoff.svg and tradeoff.png into ${folder}`);
}
