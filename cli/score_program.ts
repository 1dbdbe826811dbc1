import { basename } from "node:path";
import { type Command, Option } from "commander";
import type { ProgramScore } from "../harness/evaluate/program_score.ts";
import { MOST } from "../harness/run/limits.ts";
import { figure, formatOption, printJson, printTable, say } from "./output.ts";
import { countOption } from "./parse.ts";

/** Default of `--budget`, s. */
const BUDGET = 600;

interface Options {
  env: string;
  split: "train" | "validation";
  episodes?: number;
  budget: number;
  ledger?: string;
  format: "table" | "json";
}

/** What the process with the program prints. */
interface Scored {
  /** Registry id. */
  env: string;
  score: ProgramScore;
}

function describeCommand(program: Command): Command {
  return program
    .command("score-program")
    .description("score a policy that is code, as searches for programs expect it")
    .argument("<file>", "program: a module of JavaScript or TypeScript that exports create(knobs)")
    .requiredOption("--env <name>", "environment, by id or alias")
    .addOption(
      new Option("--split <name>", "split of the workloads and seeds; evaluate plays test")
        .choices(["train", "validation"])
        .default("validation"),
    )
    .addOption(countOption("--episodes <n>", "episodes of each workload (default: the environment's)", MOST.episodes))
    .addOption(countOption("--budget <seconds>", "most time", 86_400).default(BUDGET))
    .option("--ledger <file>", "where scored programs are noted (default: runs/programs.csv)")
    .addOption(formatOption().choices(["table", "json"]));
}

/** The command `score-program`. The program plays in a process of its own, which has the command of `addScoreTask`. */
export function addScoreProgram(program: Command): void {
  describeCommand(program).action(runScoreProgram);
}

async function runScoreProgram(file: string, options: Options): Promise<void> {
  const { LEDGER, hashOf, noteProgram } = await import("../harness/evaluate/program_ledger.ts");
  const { failed } = await import("../harness/evaluate/program_score.ts");
  const { askProgramProcess } = await import("./run_with_programs.ts");
  const sha256 = hashOf(file);
  const { output, exitCode, reason } = await askProgramProcess("score-program", process.argv.slice(2));
  if (exitCode !== 0 && reason === "") {
    process.exitCode = exitCode ?? 1;
    return;
  }
  const { env, score }: Scored =
    exitCode === 0 ? JSON.parse(output) : { env: options.env, score: failed("full", reason) };
  const { combined_score, valid } = score;
  const { split, ledger = LEDGER, format } = options;
  noteProgram(ledger, { env, split, program: basename(file), combined_score, valid }, sha256);
  if (format === "json") printJson(score);
  else printScore(score);
  if (!valid) process.exitCode = 1;
}

function printScore({ combined_score, valid, scores, artifacts }: ProgramScore): void {
  if (!valid) say(`not valid: ${artifacts.error}`);
  const { interval } = artifacts;
  const range = interval ? `${figure(interval.low)} to ${figure(interval.high)}` : "";
  printTable(
    ["workload", "score", "95 % interval"],
    [
      ["all", figure(combined_score), range],
      ...Object.entries(scores).map(([workload, score]) => [workload, figure(score), ""]),
    ],
  );
}

/** The part of `score-program` that plays. It prints the result as JSON. */
export function addScoreTask(program: Command): void {
  describeCommand(program).action(async (file: string, { env, split, episodes, budget }: Options) => {
    const { watchPrograms } = await import("../harness/program/watch_programs.ts");
    watchPrograms(budget);
    const { scoreProgram } = await import("../harness/evaluate/score_program.ts");
    const { registry } = await import("../envs/index.ts");
    const scored: Scored = { env: registry.spec(env).id, score: scoreProgram({ env, program: file, split, episodes }) };
    printJson(scored);
  });
}
