import type { Command } from "commander";
import { MOST } from "../harness/run/limits.ts";
import { type Format, figure, formatOption, printCsv, printJson, printTable } from "./output.ts";
import { collect, countOption, parseWhole } from "./parse.ts";
import { Progress } from "./progress.ts";

interface Options {
  env: string;
  budget: number;
  episodes?: number;
  heuristic?: string[];
  seed?: number;
  out?: string;
  format: Format;
}

/** The command `tune`. */
export function addTune(program: Command): void {
  program
    .command("tune")
    .description("search for good constants of every heuristic on the training split")
    .requiredOption("--env <name>", "environment, by id or alias")
    .addOption(countOption("--budget <n>", "settings tried for each heuristic", MOST.budget).default(100))
    .addOption(countOption("--episodes <n>", "episodes of each training workload for each setting", MOST.episodes))
    .option("--heuristic <name|file>", "tune only this heuristic or program; may be given several times", collect)
    .option("--seed <n>", "seed of the search", parseWhole)
    .option("--out <file>", "also write the constants as JSON, in the format of baselines/<env>/tuned.json")
    .addOption(formatOption())
    .action(runTune);
}

async function runTune({ env, format, out, heuristic, ...options }: Options): Promise<void> {
  const { assertOutputFile, tuneEnvironment, writeConstants } = await import("../harness/tune/tune_environment.ts");
  if (out !== undefined) assertOutputFile(out);
  const progress = new Progress("tuning");
  const results = tuneEnvironment(env, {
    ...options,
    heuristics: heuristic,
    onSetting: (heuristic, tried, best) =>
      progress.update(tried, options.budget, `${heuristic}, best score ${figure(best)}`),
  });
  progress.stop();
  if (out !== undefined) writeConstants(results, out);
  if (format === "json") printJson(results);
  else if (format === "csv")
    printCsv(results.map(({ values, ...record }) => ({ ...record, values: JSON.stringify(values) })));
  else {
    printTable(
      ["heuristic", "score before", "score", "on validation", "settings tried", "constants"],
      results.map(({ heuristic, startScore, score, validation, values, budget }) => [
        heuristic,
        figure(startScore),
        figure(score),
        figure(validation),
        `${budget}`,
        Object.entries(values)
          .map(([name, value]) => `${name} ${value}`)
          .join(", "),
      ]),
    );
  }
}
