import { type BackendName, selectBackend } from "../../agents/backend.ts";
import { type AgentEntry, agents, findAgent } from "../../agents/index.ts";
import { registry } from "../../envs/index.ts";
import type { EnvSpec } from "../../gym/env.ts";
import { UnknownNameError } from "../../gym/nearest.ts";
import { checkOptions } from "../../gym/options.ts";
import { SEED_RANGES } from "../../gym/seeds.ts";
import { episodesOf } from "../evaluate/episodes.ts";
import { findNetworkPolicy } from "../play/find_policy.ts";
import { hyperparameterPreset, trainingDefaults } from "../problems/training_defaults.ts";
import { assertAtMost, MOST } from "../run/limits.ts";
import { CONFIG_FORMAT, type RunConfig } from "../run/run_directory.ts";
import { judged, splitSettings } from "../run/settings.ts";
import { RunError, UsageError } from "../run/usage_error.ts";
import { versions } from "../run/versions.ts";

/** What to train. Every option except the environment has a default. */
export interface TrainOptions {
  /** Id or alias. */
  env: string;
  agent?: string;
  /** Environment steps of each training; by default those of the environment and the agent. */
  steps?: number;
  /** First training seed, default 1. */
  seed?: number;
  /** Number of training seeds, default 1. */
  seeds?: number;
  /** Folder of the run, default `runs/<env>-<agent>-seed<seed>-<time>`. */
  out?: string;
  /** Hyperparameters by name; they override the presets of the environment and the defaults of the agent. */
  set?: Readonly<Record<string, unknown>>;
  /** Settings of the environment as `key=value`; they hold in training and in all evaluations. */
  options?: readonly string[];
  backend?: "auto" | BackendName;
  /** Folder of a saved policy, or of a run, to start from instead of random weights. */
  init?: string;
  /** Which policy to keep: that of the best evaluation on the validation split (default), or the last. */
  keep?: "best" | "last";
  /** Number of evaluations on the validation split during training. */
  evaluations?: number;
  /** Episodes of each test workload in the final evaluation. */
  episodes?: number;
}

/**
 * Checks all options and loads the backend. Writes nothing, so a wrong option leaves no folder behind.
 *
 * @throws UsageError or UnknownNameError that names what is wrong, RunError when the backend does not load
 */
export async function planRun(options: TrainOptions): Promise<RunConfig> {
  const spec = registry.spec(options.env);
  const defaults = trainingDefaults(spec.id);
  const agent = findAgent(options.agent ?? defaults.agent);
  const { seed = 1, seeds = 1, set = {}, backend = "auto", keep = "best" } = options;
  const steps = options.steps ?? defaults.steps[agent.name];
  const asked = { steps, seeds, evaluations: options.evaluations, episodes: options.episodes };
  for (const [name, value] of Object.entries(asked)) {
    if (value !== undefined) assertAtMost(name, value, MOST[name as keyof typeof asked]);
  }
  const hyperparameters = hyperparametersOf(agent, spec, set);
  const settings = splitSettings(spec, options.options ?? []);
  const [first, end] = SEED_RANGES.train;
  if (seed < first || seed + seeds > end) {
    throw new UsageError(`training seeds are ${first} to ${end - 1}; ${seeds} from ${seed} on are not among them`);
  }
  const episodes = { ...defaults.episodes, ...(options.episodes !== undefined && { test: options.episodes }) };
  for (const split of ["validation", "test"] as const) episodesOf(spec, split, { episodes: episodes[split] });
  if (options.init !== undefined) findNetworkPolicy(spec.id, options.init);
  const got = agent.needsBackend ? await loadBackend(backend) : "none";
  return {
    ...CONFIG_FORMAT,
    env: spec.id,
    agent: agent.name,
    seed,
    seeds,
    steps,
    ...(options.init !== undefined && { init: options.init }),
    set: { ...set },
    hyperparameters,
    options: settings,
    keep,
    backend: { asked: backend, got },
    evaluations: options.evaluations ?? defaults.evaluations,
    episodes,
    versions: versions(),
    created: new Date().toISOString(),
  };
}

/**
 * Checks whether this program can carry out a config that was read from a file.
 *
 * @throws UsageError or UnknownNameError that names what is wrong
 */
export function assertRunnable({ env, agent, set, options = {} }: RunConfig): void {
  const spec = registry.spec(env);
  hyperparametersOf(findAgent(agent), spec, set);
  judged(() => checkOptions(options, spec));
}

/** All hyperparameters. @throws UsageError when the agent cannot learn in the environment, or one is wrong */
function hyperparametersOf(agent: AgentEntry, spec: EnvSpec, set: RunConfig["set"]): RunConfig["hyperparameters"] {
  const rowNumbers = assertFits(agent, spec);
  const hyperparameters = checkHyperparameters(agent, { ...hyperparameterPreset(spec.id, agent.name), ...set });
  const { numEnvs = 0, numSteps = 0 } = { ...hyperparameters, ...(hyperparameters.ppo as object | undefined) };
  const numbers = Number(numEnvs) * Number(numSteps) * rowNumbers;
  if (numbers > MOST_NUMBERS) {
    throw new UsageError(
      `numEnvs ${numEnvs} and numSteps ${numSteps} make ${numbers} numbers of observations in each update; ` +
        `at most ${MOST_NUMBERS} are allowed`,
    );
  }
  return hyperparameters;
}

/** Most numbers of observations in an update: 512 MiB. Source: choice. */
const MOST_NUMBERS = 2 ** 27;

/**
 * Returns the numbers in the observations of all rows.
 *
 * @throws UsageError when the agent cannot learn in the environment; the message names the agents that can
 */
function assertFits(agent: AgentEntry, spec: EnvSpec): number {
  const env = registry.make(spec.id, { splits: ["train"], wrap: false });
  const reason = agent.refusal(env);
  const fitting = agents.filter((one) => one.refusal(env) === null).map(({ name }) => name);
  env.close();
  if (reason === null) return env.rows * env.observationSpace.size;
  throw new UsageError(
    `the agent ${agent.name} cannot learn ${spec.id}: ${reason}; agents that can: ${fitting.join(", ")}`,
  );
}

function checkHyperparameters(agent: AgentEntry, given: Record<string, unknown>): Record<string, unknown> {
  try {
    return agent.options(given);
  } catch (error) {
    if (error instanceof RangeError && !(error instanceof UnknownNameError)) throw new UsageError(error.message);
    throw error;
  }
}

/** Loads a backend and returns its name. @throws RunError when none loads */
export async function loadBackend(wanted: "auto" | BackendName): Promise<BackendName> {
  try {
    return (await selectBackend(wanted)).name;
  } catch (error) {
    throw new RunError((error as Error).message);
  }
}
