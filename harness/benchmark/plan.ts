import { findAgent } from "../../agents/index.ts";
import { registry } from "../../envs/index.ts";
import { findProblem } from "../problems/index.ts";
import { type TrainingDefaults, trainingDefaults } from "../problems/training_defaults.ts";
import { fileSlug } from "../run/file_slug.ts";
import type { RunConfig } from "../run/run_directory.ts";
import { UsageError } from "../run/usage_error.ts";
import { planRun } from "../train/plan_run.ts";

/** Default number of training seeds. Source: the upper end of the literature, which uses 3 to 10. */
const SEEDS = 10;

/** How much smaller the parts of a benchmark are with `--quick`: too small to say anything about agents. */
const QUICK = {
  seeds: 3,
  steps: 0.05,
  evaluations: 2,
  episodes: { validation: 1, test: 2 },
};

/** What to measure. All fields have defaults. */
export interface BenchmarkOptions {
  /** Ids or aliases. Default: all with heuristics, with `quick` one for each subsystem. */
  envs?: readonly string[];
  /** Names of agents. Default: the agent of each environment. */
  agents?: readonly string[];
  /** Number of training seeds, default 10, with `quick` 3. */
  seeds?: number;
  /** Environment steps of each training. Default: those of the environment, with `quick` a twentieth of them. */
  steps?: number;
  /** Episodes of each test workload. Default: those of the environment, with `quick` 1 or 2. */
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
 * @throws UsageError or UnknownNameError for an unknown name, or an agent without a number of steps for any of the
 *   environments
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

/** Registry ids of the environments. All must have heuristics to compare with. */
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

/** The agents that have a number of steps for an environment. */
function agentsOf(defaults: TrainingDefaults, { agents }: BenchmarkOptions): string[] {
  const names = (agents ?? [defaults.agent]).map((name) => findAgent(name).name);
  return [...new Set(names)].filter((name) => defaults.setUp.includes(name));
}

/** A job with its number in the plan of its benchmark, from 0. The number is all that another machine must be told. */
export type Cell = Job & { readonly cell: number };

/**
 * All jobs of a benchmark, the last ones included, in an order that depends on nothing but its trainings.
 *
 * @param benchmark its trainings, and whether it measures published figures and throughput at the end
 */
export function cellsOf({ runs, tables }: { runs: readonly RunConfig[]; tables: boolean }): Cell[] {
  return [...jobsOf(runs), ...(tables ? LAST_JOBS : [])].map((job, cell) => ({ ...job, cell }));
}

/** The cells of a plan for programs. */
export interface PlanText {
  format: "ring0-gym/plan";
  version: 1;
  /** Version of the code that made it. Other code refuses its cells. */
  code: string;
  cells: {
    cell: number;
    /** Name of the job, and of its folder. */
    job: string;
    kind: Job["kind"];
    /** Registry id; null for published figures and throughput. */
    env: string | null;
    /** Null for heuristics. */
    agent: string | null;
    /** Training seed; null for heuristics. */
    seed: number | null;
  }[];
}

/** The list of cells of a plan. @param code version of the code that made it */
export function planText(cells: readonly Cell[], code: string): PlanText {
  return {
    format: "ring0-gym/plan",
    version: 1,
    code,
    cells: cells.map((cell) => ({
      cell: cell.cell,
      job: cell.name,
      kind: cell.kind,
      env: "env" in cell ? cell.env : null,
      agent: cell.kind === "training" ? cell.config.agent : null,
      seed: cell.kind === "training" ? cell.config.seed : null,
    })),
  };
}

/** Whether a job starts after all others. */
export function isLast({ kind }: Job): boolean {
  return LAST_JOBS.some((job) => job.kind === kind);
}

/**
 * All jobs in the order in which they start: first the rivals of each environment, then the trainings, seed after seed
 * of all of them. So each kind of job runs early, and its time can be estimated.
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

/** The jobs after all trainings, when the machine is quiet: published figures, and the throughput of this machine. */
export const LAST_JOBS: readonly Job[] = [
  { name: "validation", kind: "validation" },
  { name: "throughput", kind: "throughput" },
];

/** Name of the job that plays the heuristics, reference and bound of an environment, and of its folder. */
export function rivalsName(env: string): string {
  return `${fileSlug(registry.spec(env).alias)}-rivals`;
}

/** Name of the job that trains an agent with a seed, and of its folder. */
export function trainingName(env: string, agent: string, seed: number): string {
  return `${fileSlug(registry.spec(env).alias)}-${fileSlug(agent)}-seed-${seed}`;
}
