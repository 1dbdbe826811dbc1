import { type Command, Option } from "commander";
import type { LadderRun } from "../harness/ladder.ts";
import { SCENARIO_NAMES, type ScenarioName } from "../harness/ladder_scenario_names.ts";
import { interruptible } from "./interruptible.ts";
import { type Format, figure, formatOption, printCsv, printJson, printTable, say } from "./output.ts";
import { collect, collectSettings, parseCount, parseWhole } from "./parse.ts";
import { Progress } from "./progress.ts";

interface Options {
  env: string;
  policy?: string;
  scenario: ScenarioName;
  blocks?: number;
  seed: number;
  seeds: number;
  split?: "train" | "validation" | "test";
  set?: Record<string, unknown>;
  option?: string[];
  copies: boolean;
  runs?: number;
  process?: boolean;
  deadline?: number;
  out?: string;
  format: Format;
}

/** The command `ladder`. */
export function addLadder(program: Command): void {
  program
    .command("ladder")
    .description(
      "run a subsystem under the mode ladder: a policy advises, and decides as much as it has proved to be worth",
    )
    .requiredOption("--env <name>", "environment, by id or alias")
    .option(
      "--policy <name|dir>",
      "heuristic, reference, random, constant-N, or folder of a run or policy; not for bad and learning",
    )
    .addOption(new Option("--scenario <name>", "what happens").choices(SCENARIO_NAMES).default("good"))
    .option("--blocks <n>", "blocks, each a run of the subsystem (default: 400)", parseCount)
    .option("--seed <n>", "seed of the ladder, the first", parseWhole, 0)
    .option("--seeds <n>", "number of seeds", parseCount, 1)
    .addOption(new Option("--split <name>", "workloads and seeds of runs").choices(["train", "validation", "test"]))
    .option(
      "--set <name=value>",
      "a setting of the ladder, such as evaluator=switchback; may be given several times",
      collectSettings,
    )
    .option("--option <key=value>", "a setting of the environment; may be given several times", collect)
    .option("--no-copies", "play no run in a copy; for evaluator=switchback, as a kernel would")
    .option(
      "--runs <n>",
      "draw blocks from so many runs, and play each only once (default: every block is another run)",
      parseCount,
    )
    .option("--process", "let the policy, a trained one or random, advise from a process of its own, over a socket")
    .option("--deadline <ms>", "longest wait for its recommendation (default: 100)", parseCount)
    .option("--out <dir>", "folder for what is written (default: runs/<env>-ladder-<scenario>-<time>)")
    .addOption(formatOption())
    .action(run);
}

async function run({ format, option, deadline, ...options }: Options): Promise<void> {
  const { runLadder } = await import("../harness/ladder.ts");
  const progress = new Progress("playing");
  const { result, exitCode } = await interruptible((signal) =>
    runLadder({
      ...options,
      options: option,
      deadlineMs: deadline,
      signal,
      onBlock: (done, total, note) => progress.update(done, total, note),
    }).finally(() => progress.stop()),
  );
  if (result === null) {
    say("interrupted; there is no result");
    process.exitCode = exitCode ?? 1;
    return;
  }
  const { runs, folder } = result;
  if (format === "json") printJson(runs.map(({ totals, transitions }) => ({ ...totals, transitions })));
  else if (format === "csv") printCsv(runs.map(cells));
  else printRuns(runs);
  say(`wrote ladder.csv, transitions.csv, summary.json, ladder.svg and ladder.png into ${folder}`);
}

function cells({ totals: { blocks, shares: _shares, ...totals } }: LadderRun): object {
  return { ...totals, ...blocks };
}

function printRuns(runs: readonly LadderRun[]): void {
  if (runs.length === 1) {
    const head = ["block", "from", "to", "reason", "evidence", "advantage", "lower", "upper"];
    printTable(
      head,
      runs[0].transitions.map(({ block, from, to, reason, evidence }) => [
        `${block}`,
        from,
        to,
        reason,
        `${evidence.count}`,
        ...[evidence.mean, evidence.lower, evidence.upper].map((value) =>
          Number.isFinite(value) ? figure(value) : "",
        ),
      ]),
    );
  }
  printTable(
    [
      "seed",
      "highest",
      "last",
      "emergency",
      "learning",
      "collaboration",
      "recommendation",
      "promotions",
      "demotions",
      "over default, %",
      "after 1st attempt, %",
      "paired",
      "switchback",
    ],
    runs.map(({ totals }) => [
      `${totals.seed}`,
      totals.highest,
      totals.final,
      ...["emergency", "learning", "collaboration", "recommendation"].map((mode) => `${totals.blocks[mode]}`),
      `${totals.promotions}`,
      `${totals.demotions}`,
      percent(totals.regret),
      percent(totals.regret_after_attempt),
      figure(totals.paired),
      figure(totals.switchback),
    ]),
  );
}

function percent(value: number | null): string {
  return value === null ? "" : figure(100 * value, 2);
}
