import type { Command } from "commander";
import { say, warn } from "./output.ts";

interface Options {
  out?: string;
  readme?: string;
}

/** The command `report`. */
export function addReport(program: Command): void {
  program
    .command("report")
    .description(
      "write one page and pictures about benchmarks, runs of the mode ladder and trainings, using only their files",
    )
    .argument("<run...>", "folders of benchmarks, runs of the mode ladder or trainings")
    .option(
      "--out <dir>",
      "folder for report.html and the pictures (default: the folder of the run, if there is only one)",
    )
    .option("--readme <file>", "also write the table of the first benchmark between the marks in this file")
    .action(runReport);
}

async function runReport(runs: string[], options: Options): Promise<void> {
  const { writeReport } = await import("../harness/report/report.ts");
  const { out, files, benchmark } = await writeReport(runs, { ...options, onWarning: warn });
  say(`wrote ${files.join(", ")} into ${out}`);
  if (options.readme !== undefined) say(`wrote the table of ${benchmark} into ${options.readme}`);
}
