import { type Command, Option } from "commander";
import { learnerOf, summarise } from "../harness/compare/summary.ts";
import { isProgramFile } from "../harness/program/program_file.ts";
import { MOST } from "../harness/run/limits.ts";
import { interruptible } from "./interruptible.ts";
import { type Format, formatOption, printCsv, printJson, say } from "./output.ts";
import { collect, countOption, parseWhole } from "./parse.ts";
import { Progress } from "./progress.ts";
import { printSummary } from "./summary_text.ts";

interface Options {
  env: string;
  policy: string[];
  split: "train" | "validation" | "test";
  episodes?: number;
  firstSeed?: number;
  option?: string[];
  rivals?: boolean;
  all?: boolean;
  format: Format;
}

/** The command `evaluate`. */
export function addEvaluate(program: Command): void {
  program
    .command("evaluate")
    .description("play policies greedily on the same episodes of a split")
    .requiredOption("--env <name>", "environment, by id or alias")
    .requiredOption(
      "--policy <name|dir|file>",
      "heuristic, program, or folder of a run or policy; may be given several times",
      collect,
    )
    .addOption(
      new Option("--split <name>", "split of the workloads and seeds")
        .choices(["train", "validation", "test"])
        .default("validation"),
    )
    .addOption(countOption("--episodes <n>", "episodes of each workload (default: the environment's)", MOST.episodes))
    .option(
      "--first-seed <n>",
      "seed of the first episode, from the split (default: the first seed of the split)",
      parseWhole,
    )
    .option("--option <key=value>", "a setting of the environment; may be given several times", collect)
    .option("--rivals", "add every heuristic, the clairvoyant reference and the bound")
    .option("--all", "print every policy and column, however wide the tables are")
    .addOption(formatOption())
    .action(runEvaluate);
}

/** Says how much was chosen on the validation split: a score on the test split is worth less after many looks. */
async function sayLookedAt(env: string): Promise<void> {
  const { LEDGER, programsScored } = await import("../harness/evaluate/program_ledger.ts");
  const { registry } = await import("../envs/index.ts");
  const count = programsScored(LEDGER, registry.spec(env).id, "validation");
  say(`${LEDGER} has ${count} ${count === 1 ? "program" : "programs"} scored on the validation split of ${env} before`);
}

async function runEvaluate({ format, option, all, ...options }: Options): Promise<void> {
  if (options.split === "test" && options.policy.some(isProgramFile)) await sayLookedAt(options.env);
  const { evaluatePolicies, evaluationCells, evaluationColumns, comparisonRules, measuresOf } = await import(
    "../harness/evaluate/evaluate_policies.ts"
  );
  const progress = new Progress("evaluating");
  const { result, exitCode } = await interruptible((signal) =>
    evaluatePolicies({
      ...options,
      policies: options.policy,
      options: option,
      signal,
      onEpisode: (done, total) => progress.update(done, total),
    }).finally(() => progress.stop()),
  );
  if (result === null) {
    say("interrupted; there is no result");
    process.exitCode = exitCode ?? 1;
  } else if (format === "json") {
    printJson(result.map(evaluationCells));
  } else if (format === "csv") {
    printCsv(result.map(evaluationCells), evaluationColumns(measuresOf(options.env)));
  } else {
    printSummary(summarise(result, comparisonRules(options.env)), {
      learner: learnerOf(result),
      all,
      named: [...new Set(result.map(({ policy }) => policy))].slice(0, options.policy.length),
      rest: "--all prints everything, and --format csv or json every episode",
    });
  }
}
