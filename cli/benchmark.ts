import { type Command, Option } from "commander";
import type { BenchmarkHooks } from "../harness/benchmark/benchmark.ts";
import { durationText } from "../harness/run/duration_text.ts";
import { MOST } from "../harness/run/limits.ts";
import { UsageError } from "../harness/run/usage_error.ts";
import { interruptible } from "./interruptible.ts";
import { printTable, say, warn } from "./output.ts";
import { collectNames, countOption } from "./parse.ts";
import { Progress } from "./progress.ts";
import { selfCommand } from "./self_command.ts";

interface Options {
  env?: string[];
  agents?: string[];
  seeds?: number;
  steps?: number;
  episodes?: number;
  quick?: boolean;
  tables: boolean;
  workers?: number;
  keep?: string;
  out?: string;
  resume?: string;
  replay?: string;
  policy?: string;
}

/** Options that a resumed benchmark reads from its folder. */
const BENCHMARK_OPTIONS = ["env", "agents", "seeds", "steps", "episodes", "quick", "tables", "workers", "keep", "out"];

/** The command `benchmark`. */
export function addBenchmark(program: Command): void {
  program
    .command("benchmark")
    .description("train and evaluate agents with many seeds; write statistics and a report")
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
    .addOption(countOption("--workers <n>", "number of parallel processes (default: one per core)", MOST.workers))
    .option("--keep <dir>", "keep the numbers of the other environments from an earlier benchmark")
    .option("--out <dir>", "folder of the benchmark (default: runs/benchmark-<time>)")
    .addOption(
      new Option("--resume <dir>", "continue an interrupted benchmark").conflicts([...BENCHMARK_OPTIONS, "replay"]),
    )
    .addOption(
      new Option("--replay <file:line>", "replay the episode of one record of a results.csv").conflicts(
        BENCHMARK_OPTIONS,
      ),
    )
    .option("--policy <dir>", "with --replay: folder of the policy, if it is not in the benchmark's folder")
    .addHelpText(
      "after",
      "\nCtrl-C saves the benchmark and prints how to continue (exit code 130, or 143 after SIGTERM). " +
        "--resume also continues a benchmark that was killed.",
    )
    .action(runBenchmark);
}

async function runBenchmark({ env, resume, replay, policy, ...options }: Options): Promise<void> {
  if (replay !== undefined) return runReplay(replay, policy);
  if (policy !== undefined)
    throw new UsageError(`--policy ${policy} needs --replay: a benchmark trains its own policies`);
  const { benchmark, resumeBenchmark } = await import("../harness/benchmark/benchmark.ts");
  const progress = new Progress("jobs");
  const { result, exitCode } = await interruptible((signal) => {
    const hooks = hooksFor(signal, progress);
    const work = resume === undefined ? benchmark({ ...options, envs: env }, hooks) : resumeBenchmark(resume, hooks);
    return work.finally(() => progress.stop());
  });
  const { path } = result;
  if (result.status === "interrupted") {
    say(`interrupted and saved; continue with: ${selfCommand("benchmark", "--resume", path)}`);
    process.exitCode = exitCode ?? 1;
    return;
  }
  const { writeReport } = await import("../harness/report/report.ts");
  await writeReport([path], { onWarning: warn });
  say(`wrote ${path} in ${durationText(result.seconds)}: results.csv, pictures and report.html`);
}

async function runReplay(place: string, policy?: string): Promise<void> {
  const { replayLine } = await import("../harness/benchmark/replay.ts");
  const { record, replayed, same } = replayLine(place, policy);
  const { env, workload, seed, metric, value, version } = record;
  printTable(
    ["policy", "env", "workload", "seed", "metric", "written", "replayed"],
    [[record.policy, env, workload ?? "", `${seed}`, metric, `${value}`, `${replayed ?? ""}`]],
  );
  say(same ? "the same" : `not the same; version ${version} wrote the record`);
  if (!same) process.exitCode = 1;
}

function hooksFor(signal: AbortSignal, progress: Progress): BenchmarkHooks {
  return {
    signal,
    onStart(path, { runs, workers }, jobs) {
      const trainings = runs.map(({ env, agent, seeds }) => `${agent} on ${env} (${seeds} seeds)`);
      say(`${trainings.join(", ")}: ${jobs} jobs, ${workers} at a time; writing ${path}`);
    },
    onProgress({ done, total, running, secondsLeft }) {
      const left = secondsLeft === null ? "" : `about ${durationText(secondsLeft)} left`;
      progress.update(Math.floor(done * 100) / 100, total, [running.join(", "), left].filter(Boolean).join("; "));
    },
  };
}
