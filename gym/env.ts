import type { Space } from "./spaces.ts";

/**
 * Facts about a step that are not part of the observation, by name. Plain data.
 *
 * A row may pass from one decision maker to the next, for example from a closed connection to a new one. `began` then
 * lists the rows in which a new decision maker begins at this observation: learners must not connect it with the row's
 * past.
 */
export type Info = Record<string, unknown>;

/** What `Env.reset` returns. */
export interface ResetResult<Obs> {
  observation: Obs;
  info: Info;
}

/**
 * What one step led to. The observation may be missing: an environment around a kernel also takes the kernel's own
 * decisions, and does not compute an observation for a caller that reads the kernel's view instead.
 *
 * `terminated`: the task itself ended, so the value of the following state is 0. `truncated`: the episode was cut
 * short, for example by a time limit; the following state still has a value, so learners bootstrap from `observation`.
 * When both are true, termination wins.
 */
export interface StepOutcome<Reward = unknown, Obs = unknown> {
  observation?: Obs;
  reward: Reward;
  terminated: boolean;
  truncated: boolean;
  info: Info;
}

/** What `Env.step` returns: the outcome of a step, with the observation. */
export interface StepResult<Obs, Reward = number> extends StepOutcome<Reward, Obs> {
  /** The caller may keep it: later steps do not change it. */
  observation: Obs;
}

/**
 * Delayed rewards of single decisions, which an environment may report in `info.credits`. The effect of a decision may
 * show many steps later: a program uses a page that was read ahead, or never does. The sum of all credits of a step
 * estimates the value of its decision. Credits are for learners that look at each decision by itself (contextual
 * bandits); they are not part of any score.
 */
export interface Credits {
  /** Steps that receive a credit, counted from 0 at the reset. The current step may be one of them. */
  steps: Int32Array;
  /** For each of these steps, the number to add to the value of its decision. */
  rewards: Float32Array;
}

/** How to start an episode. */
export interface ResetOptions {
  /** Restarts the random stream. Without a seed the stream continues: the next episode differs from the last. */
  seed?: number;
  /** Options of this environment by name; `EnvSpec.options` lists them. */
  options?: Record<string, unknown>;
}

/**
 * An environment: Gymnasium's contract since 2022, synchronous and typed.
 *
 * An environment has `rows` decision makers that share one policy. With one row (most environments), observation,
 * action and reward are what Gymnasium users expect: an element of `observationSpace`, an element of `actionSpace`, a
 * number. With several rows, each of them is a typed array with the rows one after another (row-major): `rows`
 * observations of `observationSpace`, `rows` actions of `actionSpace` (Discrete: an Int32Array of length `rows`), and a
 * Float32Array of `rows` rewards. Both spaces always describe one row. Termination and truncation concern all rows.
 *
 * @typeParam Obs an observation, e.g. Float32Array
 * @typeParam Act an action, e.g. number
 * @typeParam Reward number with one row, Float32Array with several
 */
export interface Env<Obs = Float32Array, Act = unknown, Reward = number> {
  /** What the registry knows about this environment: plain data, serialisable as JSON. */
  readonly spec: EnvSpec;
  /** The space of one row's observation. */
  readonly observationSpace: Space<unknown>;
  /** The space of one row's action. */
  readonly actionSpace: Space<unknown>;
  /** Number of decision makers that share one policy; at least 1. */
  readonly rows: number;
  /** Starts an episode. Throws a RangeError or TypeError on an unknown option or a bad value. */
  reset(options?: ResetOptions): ResetResult<Obs>;
  /** Takes a step. Throws an EnvUsageError if no episode is running, or if the action is not in the action space. */
  step(action: Act): StepResult<Obs, Reward>;
  /** The current observation, without a step. */
  observe(): Obs;
  /**
   * Which actions are legal now, row after row; null when all are legal. Discrete: 1 (legal) or 0 for each of the n
   * actions. MultiDiscrete: the same for each alternative of each choice (the sum of nvec). Box: one number a row, 0
   * when the row does not decide now and the environment ignores its action.
   */
  actionMask(): Uint8Array | null;
  /** The current state as text for a person. */
  render(): string;
  /** Frees what the environment holds. The environment cannot be used afterwards. */
  close(): void;
  /** An exact copy. The same actions give the same future in both, and neither disturbs the other. */
  fork(): Env<Obs, Act, Reward>;
  /** The environment under all wrappers; the environment itself when it is not a wrapper. */
  readonly unwrapped: Env<Obs, Act, Reward>;
}

// biome-ignore lint/suspicious/noExplicitAny: the caller of `make` states the types.
export type AnyEnv = Env<any, any, any>;

/** What a workload or seed is for: train to learn, validation to choose, test to report. */
export type Split = "train" | "validation" | "test";

/** A workload that an environment can run, as the registry lists it. */
export interface WorkloadEntry {
  name: string;
  /** Workloads of one family are alike (one program, one generator), and all of them are in the same split. */
  family: string;
  split: Split;
}

/** One option that `reset({ options })` and `simulate --option` accept. */
export interface OptionSpec {
  name: string;
  /** `number` (from min to max) or `string` (one of `choices`, if given). */
  type: "number" | "string";
  description: string;
  unit?: string;
  min?: number;
  max?: number;
  choices?: readonly string[];
}

/** What the registry knows about an environment: plain data. */
export interface EnvSpec {
  /** `[namespace/]Name-vN`. The version rises with every change that alters a trajectory. */
  id: string;
  /** Short name for the command line, e.g. `tiering`. */
  alias: string;
  description: string;
  /** Steps after which `Registry.make` truncates an episode; null for no limit. */
  maxEpisodeSteps: number | null;
  /** Mean return at which the task counts as solved; null where there is no such number. */
  rewardThreshold: number | null;
  options: readonly OptionSpec[];
  workloads: readonly WorkloadEntry[];
  /** File whose docstring documents the environment, relative to the repository, e.g. `envs/cartpole.ts`. */
  source?: string;
}

/**
 * A call came at the wrong time (no episode is running), or an action is not legal. The message names the environment,
 * and for an action also the offending value and the space.
 */
export class EnvUsageError extends Error {
  override readonly name = "EnvUsageError";
}
