import { type Command, Option } from "commander";
import type { BenchmarkHooks } from "../harness/benchmark/benchmark.ts";
import { durationText } from "../harness/run/duration_text.ts";
import { UsageError } from "../harness/run/usage_error.ts";
import { interruptible } from "./interruptible.ts";
import { printTable, say } from "./output.ts";
import { collectNames, parseCount } from "./parse.ts";
import { Progress } from "./progress.ts";

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
    .description("train and evaluate agents with many seeds, with statistics and a report")
    .option(
      "--env <names>",
      "environments, by id or alias, with commas between (default: all with heuristics)",
      collectNames,
    )
    .option("--agents <names>", "algorithms, with commas between (default: the environment's own)", collectNames)
    .option("--seeds <n>", "training seeds of each (default: 10)", parseCount)
    .option("--steps <n>", "environment steps of each training (default: the environment's)", parseCount)
    .option("--episodes <n>", "episodes of each test workload (default: the environment's)", parseCount)
    .option(
      "--quick",
      "a small one that shows whether everything works: 4 environments, 3 seeds, a twentieth of the steps, few episodes, --no-tables",
    )
    .option("--no-tables", "leave out the published figures and the throughput, which are measured at the end")
    .option("--workers <n>", "processes at a time (default: one a core)", parseCount)
    .option("--keep <dir>", "take the numbers of the other environments over from an earlier benchmark")
    .option("--out <dir>", "folder of the benchmark (default: runs/benchmark-<time>)")
    .addOption(
      new Option("--resume <dir>", "go on with an interrupted benchmark").conflicts([...BENCHMARK_OPTIONS, "replay"]),
    )
    .addOption(
      new Option("--replay <file:line>", "play the episode of one row of a results.csv again").conflicts(
        BENCHMARK_OPTIONS,
      ),
    )
    .option("--policy <dir>", "with --replay: the policy, where it is not in the benchmark's folder")
    .addHelpText(
      "after",
      "\nCtrl-C saves and says how to go on (exit code 130, or 143 after SIGTERM); so does --resume after a kill.",
    )
    .action(runBenchmark);
}

async function runBenchmark({ env, resume, replay, policy, ...options }: Options): Promise<void> {
  if (replay !== undefined) return runReplay(replay, policy);
  if (policy !== undefined) throw new UsageError(`--policy ${policy} needs --replay: a benchmark trains its policies`);
  const { benchmark, resumeBenchmark } = await import("../harness/benchmark/benchmark.ts");
  const progress = new Progress("jobs");
  const { result, exitCode } = await interruptible((signal) => {
    const hooks = hooksFor(signal, progress);
    const work = resume === undefined ? benchmark({ ...options, envs: env }, hooks) : resumeBenchmark(resume, hooks);
    return work.finally(() => progress.stop());
  });
  const { path } = result;
  if (result.status === "interrupted") {
    say(`interrupted and saved; go on with: npm run benchmark -- --resume ${path}`);
    process.exitCode = exitCode ?? 1;
    return;
  }
  const { writeReport } = await import("../harness/report/report.ts");
  await writeReport([path]);
  say(`wrote ${path} in ${durationText(result.seconds)}: results.csv, pictures and report.html`);
}

async function runReplay(place: string, policy?: string): Promise<void> {
  const { replayRecord } = await import("../harness/benchmark/replay.ts");
  const { row, replayed, same } = replayRecord(place, policy);
  const { env, workload, seed, metric, value, version } = row;
  printTable(
    ["policy", "env", "workload", "seed", "metric", "written", "replayed"],
    [[row.policy, env, workload ?? "", `${seed}`, metric, `${value}`, `${replayed ?? ""}`]],
  );
  say(same ? "the same" : `not the same; the row was written by ${version}`);
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
