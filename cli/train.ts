import { join } from "node:path";
import { type Command, Option } from "commander";
import { MOST } from "../harness/run/limits.ts";
import { UsageError } from "../harness/run/usage_error.ts";
import type { TrainHooks, TrainOutcome } from "../harness/train/train.ts";
import { interruptible } from "./interruptible.ts";
import { figure, say, warn } from "./output.ts";
import { collect, collectSettings, countOption, parseWhole } from "./parse.ts";
import { Progress } from "./progress.ts";
import { selfCommand } from "./self_command.ts";
import { printSummary } from "./summary_text.ts";

interface Options {
  env?: string;
  agent?: string;
  steps?: number;
  seed?: number;
  seeds?: number;
  out?: string;
  resume?: string;
  init?: string;
  backend: "auto" | "node" | "wasm" | "cpu";
  set?: Record<string, unknown>;
  option?: string[];
  keep: "best" | "last";
  evaluations?: number;
  episodes?: number;
  all?: boolean;
}

/** The command `train`. */
export function addTrain(program: Command): void {
  program
    .command("train")
    .description("train an agent, then compare it with every heuristic on the test split")
    .option("--env <name>", "environment, by id or alias")
    .option("--agent <name>", "algorithm (default: the environment's, see the command list)")
    .addOption(countOption("--steps <n>", "environment steps (default: the environment's)", MOST.steps))
    .option("--seed <n>", "first training seed (default: 1)", parseWhole)
    .addOption(countOption("--seeds <n>", "number of training seeds (default: 1)", MOST.seeds))
    .option("--init <dir>", "start from the policy of a run or policy folder instead of random weights")
    .option("--out <dir>", "folder of the run (default: runs/<env>-<agent>-seed<seed>-<time>)")
    .addOption(
      new Option("--resume <dir>", "continue an interrupted run, or with more --steps a finished one").conflicts(
        RUN_OPTIONS,
      ),
    )
    .addOption(
      new Option("--backend <name>", "backend that computes gradients")
        .choices(["auto", "node", "wasm", "cpu"])
        .default("auto"),
    )
    .option("--set <key=value>", "hyperparameter; may be given several times", collectSettings)
    .option("--option <key=value>", "setting of the environment; may be given several times", collect)
    .addOption(
      new Option("--keep <which>", "policy to keep: the best on the validation split, or the last")
        .choices(["best", "last"])
        .default("best"),
    )
    .addOption(
      countOption(
        "--evaluations <n>",
        "number of evaluations on the validation split during training",
        MOST.evaluations,
      ),
    )
    .addOption(countOption("--episodes <n>", "episodes of each test workload at the end", MOST.episodes))
    .option("--all", "print every policy and column at the end, however wide the tables are")
    .addHelpText(
      "after",
      "\nCtrl-C saves the run and prints how to continue (exit code 130, or 143 after SIGTERM). " +
        "Press it twice to stop at once.",
    )
    .action(runTrain);
}

/** Options that a resumed run reads from its config. */
const RUN_OPTIONS = [
  "env",
  "agent",
  "init",
  "seed",
  "seeds",
  "out",
  "backend",
  "set",
  "option",
  "keep",
  "evaluations",
  "episodes",
];

async function runTrain(options: Options): Promise<void> {
  const { env, resume, option, all, ...rest } = options;
  const { resumeTraining, train } = await import("../harness/train/train.ts");
  const { result, exitCode } = await interruptible((signal) => {
    const { hooks, end } = createHooks(signal);
    return work(hooks).finally(end);
  });
  report(result, all);
  if (result.status === "interrupted") process.exitCode = exitCode ?? 1;

  function work(hooks: TrainHooks): Promise<TrainOutcome> {
    if (resume !== undefined) return resumeTraining(resume, hooks, rest.steps);
    if (env === undefined) throw new UsageError("train needs --env NAME (or --resume DIR)");
    return train({ env, ...rest, options: option }, hooks);
  }
}

function createHooks(signal: AbortSignal): { hooks: TrainHooks; end: () => void } {
  const training = new Progress("training");
  const evaluating = new Progress("evaluating");
  let steps = 0;
  let seed = -1;
  let score = "";
  const hooks: TrainHooks = {
    signal,
    onStart(path, config) {
      steps = config.steps;
      const last = config.seed + config.seeds - 1;
      const seeds = config.seeds === 1 ? `seed ${config.seed}` : `seeds ${config.seed} to ${last}`;
      const backend = config.backend.got === "none" ? "" : `, backend ${config.backend.got}`;
      say(`${config.agent} on ${config.env}: ${steps} steps, ${seeds}${backend}; writing ${path}`);
    },
    onUpdate(record, current) {
      if (current !== seed) {
        training.stop();
        seed = current;
        score = "";
      }
      if (record.validation_return !== null) {
        score =
          record.score === null
            ? `validation return ${figure(record.validation_return, 1)}`
            : `score ${figure(record.score)}`;
      }
      const speed = `${figure(record.steps_per_second, 0)} steps/s`;
      training.update(record.step ?? 0, steps, [`seed ${seed}`, score, speed].filter(Boolean).join(", "));
    },
    onWarning: warn,
    onEpisode(done, total) {
      training.stop();
      evaluating.update(done, total);
    },
  };
  const end = () => {
    training.stop();
    evaluating.stop();
  };
  return { hooks, end };
}

function report({ status, path, summary }: TrainOutcome, all?: boolean): void {
  if (status === "interrupted" || summary === null) {
    say(`interrupted and saved; continue with: ${selfCommand("train", "--resume", path)}`);
    return;
  }
  for (const { seed, step, validation } of summary.kept) {
    say(`seed ${seed}: kept the policy of step ${step}, ${figure(validation)} on the validation split`);
  }
  printSummary(summary.test, {
    learner: summary.agent,
    all,
    rest: `--all prints everything, and ${join(path, "summary.json")} has it`,
  });
  say(`wrote ${path} in ${summary.wall_seconds} s`);
}
