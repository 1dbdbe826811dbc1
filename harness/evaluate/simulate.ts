import { mean } from "d3-array";
import { registry } from "../../envs/index.ts";
import { hasKernel } from "../../envs/kernel_env.ts";
import type { EnvSpec } from "../../gym/env.ts";
import { UnknownNameError } from "../../gym/nearest.ts";
import { playEpisode } from "../play/episode.ts";
import { findPolicy } from "../play/find_policy.ts";
import { makeForPlay } from "../play/make_env.ts";
import { findProblem } from "../problems/index.ts";
import type { FileReading, Problem } from "../problems/problem.ts";
import { yieldToEventLoop } from "../run/interrupt.ts";
import { judged, parseSettings, type Settings } from "../run/settings.ts";
import { UsageError } from "../run/usage_error.ts";

/** What to simulate. */
export interface SimulateOptions {
  /** Id or alias. */
  env: string;
  /** Name of a heuristic, `reference`, `random`, or the folder of a trained policy. */
  policy: string;
  /**
   * Name of a workload of any split, or path of a trace file. By default the environment draws a workload from the
   * seed.
   */
  workload?: string;
  /** Format of the trace file; recognised by its content by default. */
  workloadFormat?: string;
  /**
   * Called once with the format in which the trace file is read, and what the user should know about how it is
   * played.
   */
  onFormat?: FileReading["onFormat"];
  /** Settings of the environment as `key=value`. */
  options?: readonly string[];
  /** Number of seeds, default 1. */
  seeds?: number;
  /** First seed, default 0. */
  firstSeed?: number;
  /** Abort it to stop between two seeds. */
  signal?: AbortSignal;
  /** Called after each seed. */
  onSeed?: (done: number, total: number) => void;
}

/** Result of one seed. */
export interface SimulatedSeed {
  seed: number;
  /** Name of the workload; null for environments without workloads. */
  workload: string | null;
  /** Null for environments without a kernel. */
  cost: number | null;
  return: number;
  steps: number;
  /** Mean time of a decision, us. */
  decision_us: number;
  metrics: Record<string, number>;
}

/** What the command `simulate` prints as JSON. */
export interface Simulation {
  env: string;
  policy: string;
  /** The workload that was asked for; null when the environment drew it. */
  workload: string | null;
  /**
   * Those that were asked for, and those that a trained policy brings with it. `workload_format` is the format in
   * which a file of another program was read.
   */
  options: Settings;
  seeds: SimulatedSeed[];
  /** Means of cost, return and every metric over the seeds. */
  mean: Record<string, number | null>;
}

/**
 * Runs one policy on one workload with any settings of the environment.
 *
 * @throws UsageError or UnknownNameError for a wrong name or value, TraceFormatError when a trace file is damaged,
 *   Interrupted when the signal is aborted
 */
export async function simulate(options: SimulateOptions): Promise<Simulation> {
  const { seeds = 1, firstSeed = 0, workloadFormat, signal, onSeed } = options;
  const spec = registry.spec(options.env);
  const settings = parseSettings(spec, options.options ?? []);
  if (options.workload !== undefined && settings.workload !== undefined) {
    throw new UsageError(`the workload is given twice: "${options.workload}" and as a setting "${settings.workload}"`);
  }
  if (!Number.isSafeInteger(firstSeed + seeds)) {
    throw new UsageError(`seeds end at 2^53 - 1; ${seeds} from ${firstSeed} on are not among them`);
  }
  const policy = findPolicy(spec.id, options.policy);
  const problem = findProblem(spec.id);
  let format: string | undefined;
  const reading: FileReading = {
    format: workloadFormat,
    onFormat: (found, notes) => {
      format = found.name;
      options.onFormat?.(found, notes);
    },
  };
  const workload =
    options.workload === undefined ? undefined : findWorkload(spec, problem, options.workload, settings, reading);
  if (workloadFormat !== undefined && format === undefined) {
    throw new UsageError(`--workload-format ${workloadFormat} needs --workload with a file`);
  }
  const foreign: Settings = format === undefined || format === "packed" ? {} : { workload_format: format };
  const env = makeForPlay(spec.id);
  const runs: SimulatedSeed[] = [];
  for (let i = 0; i < seeds; i++) {
    const seed = firstSeed + i;
    const reset = { ...settings, ...(workload !== undefined && { workload }) };
    const result = judged(() => playEpisode(env, policy, seed, reset));
    runs.push({
      seed,
      workload: hasKernel(env) ? env.workload : null,
      cost: result.cost,
      return: result.return,
      steps: result.steps,
      decision_us: result.decisionMicroseconds,
      metrics: result.metrics,
    });
    onSeed?.(i + 1, seeds);
    await yieldToEventLoop(signal);
  }
  env.close();
  return {
    env: spec.id,
    policy: options.policy,
    workload: options.workload ?? (settings.workload as string | undefined) ?? null,
    options: { ...policy.options, ...settings, ...foreign },
    seeds: runs,
    mean: means(runs),
  };
}

function findWorkload(
  spec: EnvSpec,
  problem: Problem | null,
  nameOrFile: string,
  settings: Settings,
  reading: FileReading,
): unknown {
  const names = spec.workloads.map(({ name }) => name);
  if (names.includes(nameOrFile)) return nameOrFile;
  if (problem === null) throw new UsageError(`${spec.id} has no workloads`);
  const workload = judged(() => problem.openFile(nameOrFile, settings, reading));
  if (workload === null) throw new UnknownNameError(`workload of ${spec.id}:`, nameOrFile, names);
  return workload;
}

function means(runs: readonly SimulatedSeed[]): Record<string, number | null> {
  // A metric that one run lacks is NaN there, and so is its mean: d3 would leave that run out.
  const meanOf = (name: string) => runs.reduce((sum, { metrics }) => sum + metrics[name], 0) / runs.length;
  const metrics = Object.keys(runs[0].metrics).map((name) => [name, meanOf(name)]);
  return {
    cost: mean(runs, ({ cost }) => cost) ?? null,
    return: mean(runs, (run) => run.return)!,
    ...Object.fromEntries(metrics),
  };
}
