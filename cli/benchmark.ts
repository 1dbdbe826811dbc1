import { resolve } from "node:path";
import { type Command, Option } from "commander";
import type { BenchmarkHooks } from "../harness/benchmark/benchmark.ts";
import type { ExecutorOptions } from "../harness/benchmark/executors/create_executor.ts";
import { durationText } from "../harness/run/duration_text.ts";
import { MOST } from "../harness/run/limits.ts";
import { UsageError } from "../harness/run/usage_error.ts";
import { addCells, addSelection, plan, report, type Selection } from "./benchmark_cells.ts";
import { interruptible } from "./interruptible.ts";
import { printTable, say } from "./output.ts";
import { collect, collectNames, countOption, parseObject } from "./parse.ts";
import { Progress } from "./progress.ts";
import { selfCommand } from "./self_command.ts";

interface Options extends Selection {
  executor?: string;
  workers?: number;
  hosts?: string[];
  program?: string;
  runtimeEnv?: object;
  sbatch?: string[];
  submit?: boolean;
  resume?: string;
  replay?: string;
  policy?: string;
}

/** Options that a resumed benchmark reads from its folder. */
const SELECTION = ["env", "agents", "seeds", "steps", "episodes", "quick", "tables", "keep", "out"];

/** Options that say where cells run. */
const PLACE = ["executor", "workers", "hosts", "program", "runtimeEnv", "sbatch", "submit"];

/** The command `benchmark`, and its three parts `benchmark plan`, `benchmark cell` and `benchmark merge`. */
export function addBenchmark(program: Command): void {
  const benchmark = program
    .command("benchmark")
    .description("train and evaluate agents with many seeds; write statistics and a report");
  addSelection(benchmark)
    .option(
      "--executor <where>",
      'where cells run: local, ray=http://HEAD:8265, slurm, or command="ssh {host}" (default: local)',
    )
    .addOption(
      countOption(
        "--workers <n>",
        "most cells at a time (default: one per core; with ray= the cluster's cores)",
        MOST.workers,
      ),
    )
    .option("--hosts <names>", "with command=: a host for each cell at a time, separated by commas", collectNames)
    .option("--program <line>", "shell line that starts ring0-gym on other machines (default: as it was started here)")
    .option("--runtime-env <json>", "with ray=: the runtime_env of the jobs", parseObject)
    .option(
      "--sbatch <option>",
      "with slurm: an option of sbatch, as in --sbatch=--time=2:00:00; may be repeated",
      collect,
    )
    .option("--submit", "with slurm: submit the script and wait (default: only write it)")
    .addOption(new Option("--resume <dir>", "continue an interrupted benchmark").conflicts([...SELECTION, "replay"]))
    .addOption(
      new Option("--replay <file:line>", "replay the episode of one record of a results.csv").conflicts([
        ...SELECTION,
        ...PLACE,
      ]),
    )
    .option("--policy <dir>", "with --replay: folder of the policy, if it is not in the benchmark's folder")
    .addHelpText(
      "after",
      "\nCtrl-C saves the benchmark and prints how to continue (exit code 130, or 143 after SIGTERM). " +
        "--resume also continues a benchmark that was killed.\n\nA cell is one training with one seed, or all " +
        "heuristics of one environment. Other machines must have the benchmark's folder and the program at the same " +
        "paths as this one.",
    )
    .action(runBenchmark);
  addCells(benchmark);
}

async function runBenchmark(
  { resume, replay, policy, executor, submit, ...options }: Options,
  command: Command,
): Promise<void> {
  const { env, workers, hosts, program, runtimeEnv, sbatch, ...selection } = options;
  if (replay !== undefined) return runReplay(replay, policy);
  if (policy !== undefined)
    throw new UsageError(`--policy ${policy} needs --replay: a benchmark trains its own policies`);
  const where = executor ?? "local";
  if (submit && where !== "slurm") throw new UsageError(`--submit belongs to --executor slurm, got "${where}"`);
  const { createExecutor } = await import("../harness/benchmark/executors/create_executor.ts");
  const place = {
    program: program ?? (await thisProgram(command)),
    workers,
    hosts,
    runtimeEnv,
    token: process.env.RAY_AUTH_TOKEN,
    sbatch,
    onNote: say,
  };
  const made = await createExecutor(where, place);
  if (where === "slurm" && !submit) return runSlurmScript({ ...selection, env }, resume, place);
  const { benchmark, lacksPage, resumeBenchmark } = await import("../harness/benchmark/benchmark.ts");
  if (resume !== undefined && lacksPage(resume)) return report(resume, "again, which was finished and had no page");
  const progress = new Progress("cells");
  const { result, exitCode } = await interruptible((signal) => {
    const hooks = hooksFor(signal, progress);
    // On this machine a resumed benchmark keeps its number of processes.
    const kept = resume !== undefined && where === "local" && workers === undefined;
    const all = kept ? hooks : { ...hooks, executor: made };
    const work = resume === undefined ? benchmark({ ...selection, envs: env }, all) : resumeBenchmark(resume, all);
    return work.finally(() => progress.stop());
  });
  const { path } = result;
  if (result.status === "interrupted") {
    const again = [
      ...(executor === undefined ? [] : ["--executor", executor]),
      ...(hosts === undefined ? [] : ["--hosts", hosts.join()]),
      ...(program === undefined ? [] : ["--program", program]),
      ...(runtimeEnv === undefined ? [] : ["--runtime-env", JSON.stringify(runtimeEnv)]),
      ...(sbatch ?? []).map((option) => `--sbatch=${option}`),
      ...(submit ? ["--submit"] : []),
    ];
    say(`interrupted and saved; continue with: ${selfCommand("benchmark", "--resume", path, again)}`);
    process.exitCode = exitCode ?? 1;
    return;
  }
  await report(path, `in ${durationText(result.seconds)}`);
}

/** The line for a shell that starts this program as it was started here, with the same modules of the user. */
async function thisProgram(command: Command): Promise<string> {
  const { shellWord } = await import("../harness/benchmark/executors/executor.ts");
  const modules: string[] = command.optsWithGlobals().import ?? [];
  const words = [process.execPath, ...process.execArgv, resolve(process.argv[1])];
  const imports = modules.flatMap((name) => ["--import", name.startsWith(".") ? resolve(name) : name]);
  return [...words, ...imports].map(shellWord).join(" ");
}

/** Plans a benchmark, or takes up one, and writes the script that runs its cells under Slurm. */
async function runSlurmScript(
  selection: Selection,
  resume: string | undefined,
  { workers, ...place }: ExecutorOptions,
): Promise<void> {
  const { writeSlurmScript } = await import("../harness/benchmark/executors/slurm.ts");
  const { unfinishedCells } = await import("../harness/benchmark/benchmark.ts");
  const path = resume ?? (await plan(selection)).path;
  const cells = unfinishedCells(path).map(({ cell }) => cell);
  if (cells.length === 0) {
    say(`all cells have a result; end the benchmark with: ${selfCommand("benchmark", "merge", path)}`);
    return;
  }
  const script = writeSlurmScript(resolve(path), cells, { ...place, places: workers });
  say(`wrote ${script} for ${cells.length} cells; submit it: sbatch ${script}`);
  say(`when it has ended: ${selfCommand("benchmark", "merge", path)}`);
  say(`a script for lost cells: ${selfCommand("benchmark", "--resume", path, ["--executor", "slurm"])}`);
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
    onNote: say,
    onStart(path, { runs, workers }, jobs) {
      const trainings = runs.map(({ env, agent, seeds }) => `${agent} on ${env} (${seeds} seeds)`);
      const most = workers === null ? "" : `, ${workers} at a time`;
      say(`${trainings.join(", ")}: ${jobs} cells${most}; writing ${path}`);
    },
    onProgress({ done, total, running, secondsLeft }) {
      const left = secondsLeft === null ? "" : `about ${durationText(secondsLeft)} left`;
      progress.update(Math.floor(done * 100) / 100, total, [running.join(", "), left].filter(Boolean).join("; "));
    },
  };
}
