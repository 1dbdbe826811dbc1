import { findAgent } from "../../agents/index.ts";
import { registry } from "../../envs/index.ts";
import { findProblem } from "../problems/index.ts";
import { type TrainingDefaults, trainingDefaults } from "../problems/training_defaults.ts";
import type { RunConfig } from "../run/run_directory.ts";
import { UsageError } from "../run/usage_error.ts";
import { planRun } from "../train/plan_run.ts";

/** Training seeds unless told otherwise. Source: the upper end of what the literature takes, 3 to 10. */
const SEEDS = 10;

/** How much smaller the parts of a benchmark are with `--quick`: too small to say anything about agents. */
const QUICK = {
  seeds: 3,
  steps: 0.05,
  evaluations: 2,
  episodes: { validation: 1, test: 2 },
};

/** What to measure. Everything has a default. */
export interface BenchmarkOptions {
  /** Ids or aliases; all with heuristics by default, with `quick` one a subsystem. */
  envs?: readonly string[];
  /** Names; by default the environment's own. */
  agents?: readonly string[];
  /** Number of training seeds, default 10, with `quick` 3. */
  seeds?: number;
  /** Environment steps of each training; by default the environment's, with `quick` a twentieth of them. */
  steps?: number;
  /** Episodes of each test workload; by default the environment's, with `quick` 1 or 2. */
  episodes?: number;
  quick?: boolean;
}

/** The work of one process. Plain data. */
export type Job =
  | { name: string; kind: "rivals"; env: string; episodes: RunConfig["episodes"] }
  | { name: string; kind: "training"; env: string; config: RunConfig }
  | { name: "validation" | "throughput"; kind: "validation" | "throughput" };

/**
 * The trainings of a benchmark, one for each environment and agent, each with all seeds.
 *
 * @throws UsageError or UnknownNameError for a name that there is not, or an agent that was never set up for any of the environments
 */
export async function planBenchmark(options: BenchmarkOptions): Promise<RunConfig[]> {
  const { quick = false } = options;
  const runs: RunConfig[] = [];
  for (const env of environmentsOf(options)) {
    const defaults = trainingDefaults(env);
    for (const agent of agentsOf(defaults, options)) {
      const config = await planRun({
        env,
        agent,
        seeds: options.seeds ?? (quick ? QUICK.seeds : SEEDS),
        steps: options.steps ?? (quick ? Math.round(QUICK.steps * defaults.steps[agent]) : undefined),
        evaluations: quick ? QUICK.evaluations : undefined,
        episodes: options.episodes ?? (quick ? quickEpisodes(env) : undefined),
      });
      runs.push(
        quick ? { ...config, episodes: { ...config.episodes, validation: QUICK.episodes.validation } } : config,
      );
    }
  }
  for (const agent of options.agents ?? []) {
    if (!runs.some((run) => run.agent === agent)) {
      throw new UsageError(`the agent ${agent} is set up for none of these environments`);
    }
  }
  return runs;
}

function quickEpisodes(env: string): number {
  return findProblem(env)?.quickEpisodes ?? QUICK.episodes.test;
}

/** Registry ids of those with heuristics to compare with. */
function environmentsOf({ envs: names, quick }: BenchmarkOptions): string[] {
  const all = registry
    .list()
    .map(({ id }) => id)
    .filter((id) => findProblem(id) !== null);
  if (names === undefined && quick) return all.filter((id) => !findProblem(id)!.leftOutOfQuick);
  if (names === undefined || names.includes("all")) return all;
  return [...new Set(names)].map((name) => {
    const { id } = registry.spec(name);
    if (!all.includes(id))
      throw new UsageError(`${id} has no heuristics to compare with; those that have are ${all.join(", ")}`);
    return id;
  });
}

/** Those of the agents that were set up for an environment. */
function agentsOf(defaults: TrainingDefaults, { agents }: BenchmarkOptions): string[] {
  const names = (agents ?? [defaults.agent]).map((name) => findAgent(name).name);
  return [...new Set(names)].filter((name) => defaults.setUp.includes(name));
}

/**
 * What processes have to do, in the order in which they begin: everybody that agents are compared with, then seed after seed of all
 * trainings, so that every kind of work is seen early.
 */
export function jobsOf(runs: readonly RunConfig[]): Job[] {
  const rivals = new Map<string, Job>();
  for (const { env, episodes } of runs) rivals.set(env, { name: rivalsName(env), kind: "rivals", env, episodes });
  const seeds = Math.max(...runs.map((run) => run.seeds));
  const trainings = Array.from({ length: seeds }, (_, i) =>
    runs
      .filter((run) => i < run.seeds)
      .map((run): Job => {
        const seed = run.seed + i;
        return {
          name: trainingName(run.env, run.agent, seed),
          kind: "training",
          env: run.env,
          config: { ...run, seed, seeds: 1 },
        };
      }),
  );
  return [...rivals.values(), ...trainings.flat()];
}

/** What is measured when all trainings are done and the machine is quiet: published figures, and what a second is worth here. */
export const LAST_JOBS: readonly Job[] = [
  { name: "validation", kind: "validation" },
  { name: "throughput", kind: "throughput" },
];

/** Name of the job, and of its folder, that plays an environment's heuristics, reference and bound. */
export function rivalsName(env: string): string {
  return `${registry.spec(env).alias}-rivals`;
}

/** Name of the job, and of its folder, that trains an agent with a seed. */
export function trainingName(env: string, agent: string, seed: number): string {
  return `${registry.spec(env).alias}-${agent}-seed-${seed}`;
}
