import { type Command, Option } from "commander";
import { SCENARIO_NAMES, type ScenarioName } from "../harness/ladder/scenario_names.ts";
import type { LadderRun } from "../harness/ladder/totals.ts";
import { MOST } from "../harness/run/limits.ts";
import { MODES } from "../ladder/states.ts";
import { interruptible } from "./interruptible.ts";
import { type Format, figure, formatOption, printCsv, printJson, printTable, say, warn } from "./output.ts";
import { collect, collectSettings, countOption, parseWhole } from "./parse.ts";
import { Progress } from "./progress.ts";

interface Options {
  env: string;
  policy?: string;
  scenario: ScenarioName | "all";
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
    .description("run a subsystem under the mode ladder: a policy advises, and decides as much as its record justifies")
    .requiredOption("--env <name>", "environment, by id or alias")
    .option(
      "--policy <name|dir>",
      "heuristic, reference, random, constant-N, or folder of a run or policy; not in scenarios bad and learning",
    )
    .addOption(new Option("--scenario <name>", "scenario to run").choices([...SCENARIO_NAMES, "all"]).default("good"))
    .addOption(
      countOption("--blocks <n>", "number of blocks; each is a run of the subsystem (default: 400)", MOST.blocks),
    )
    .option("--seed <n>", "first seed of the ladder", parseWhole, 0)
    .addOption(countOption("--seeds <n>", "number of seeds", MOST.seeds).default(1))
    .addOption(
      new Option("--split <name>", "split of the workloads and seeds").choices(["train", "validation", "test"]),
    )
    .option(
      "--set <name=value>",
      "setting of the ladder, such as evaluator=switchback; may be given several times",
      collectSettings,
    )
    .option("--option <key=value>", "setting of the environment; may be given several times", collect)
    .option(
      "--no-copies",
      "do not play runs on a copy of the environment, as in a real kernel; for evaluator=switchback",
    )
    .addOption(
      countOption(
        "--runs <n>",
        "draw blocks from <n> runs, and play each run only once (default: every block is a new run)",
        MOST.blocks,
      ),
    )
    .option("--process", "run the policy (trained or random) in its own process, connected by a socket")
    .addOption(
      countOption("--deadline <ms>", "longest wait for a recommendation of that process (default: 100)", MOST.deadline),
    )
    .option("--out <dir>", "output folder (default: runs/<env>-ladder-<scenario>-<time>)")
    .addOption(formatOption())
    .action(run);
}

async function run({ format, option, deadline, ...options }: Options): Promise<void> {
  const { runLadder } = await import("../harness/ladder/ladder.ts");
  const progress = new Progress("playing");
  const { result, exitCode } = await interruptible((signal) =>
    runLadder({
      ...options,
      options: option,
      deadlineMs: deadline,
      signal,
      onBlock: (done, total, note) => progress.update(done, total, note),
      onWarning: warn,
    }).finally(() => progress.stop()),
  );
  if (result === null) {
    say("interrupted; there is no result");
    process.exitCode = exitCode ?? 1;
    return;
  }
  const { results, folder } = result;
  const runs = results.flatMap(({ scenario, runs: own }) => own.map((one) => ({ scenario, ...one })));
  if (format === "json") {
    printJson(runs.map(({ scenario, totals, transitions }) => ({ scenario, ...totals, transitions })));
  } else if (format === "csv") printCsv(runs.map(cells));
  else printRuns(runs);
  say(
    `wrote ladder.csv, transitions.csv, summary.json, ladder.svg and ladder.png${
      results.length > 1 ? " of each scenario" : ""
    } into ${folder}`,
  );
}

type Run = LadderRun & { scenario: string };

function cells({ scenario, totals: { blocks, shares: _shares, ...totals } }: Run): object {
  return { scenario, ...totals, ...blocks };
}

function printRuns(runs: readonly Run[]): void {
  if (runs.length === 1) printTransitions(runs[0]);
  const modes = MODES.slice(1);
  const head = [
    "scenario",
    "seed",
    "highest",
    "last",
    ...modes,
    "up",
    "down",
    "over default, %",
    "after 1st attempt, %",
  ];
  printTable(
    [...head, "paired", "switchback"],
    runs.map(({ scenario, totals }) => [
      scenario,
      `${totals.seed}`,
      totals.highest,
      totals.final,
      ...modes.map((mode) => `${totals.blocks[mode]}`),
      `${totals.promotions}`,
      `${totals.demotions}`,
      percent(totals.regret),
      percent(totals.regret_after_attempt),
      figure(totals.paired),
      figure(totals.switchback),
    ]),
  );
}

function printTransitions({ transitions }: LadderRun): void {
  const bound = (value: number) => (Number.isFinite(value) ? figure(value) : "");
  printTable(
    ["block", "from", "to", "reason", "evidence", "advantage", "lower", "upper"],
    transitions.map(({ block, from, to, reason, evidence: { count, mean, lower, upper } }) => [
      `${block}`,
      from,
      to,
      reason,
      `${count}`,
      count > 0 ? figure(mean) : "",
      bound(lower),
      bound(upper),
    ]),
  );
}

function percent(value: number | null): string {
  return value === null ? "" : figure(100 * value, 2);
}
