import type { Space } from "./spaces.ts";

/**
 * Facts about a step that are not part of the observation, by name. Plain data. Where rows are used again by other decision
 * makers, `began` lists those in which one begins at this observation, where learners must not go on from the last one.
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
 * `terminated`: the task itself ended, so the value of the following state is 0. `truncated`: the episode was cut short,
 * for example by a time limit; the following state still has a value, so learners bootstrap from `observation`. When
 * both are true, termination wins.
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
 * What has become known about earlier steps of the episode, as an environment that knows it may say in `info.credits`: a page
 * read ahead now is used, or not, many steps later. All that is ever said of a step adds up to what it was worth. These
 * are estimates for learners that look at each decision by itself (contextual bandits); nobody is compared by them.
 */
export interface Credits {
  /** Steps of which something is said, counted from 0 since the reset; the present one may be among them. */
  steps: Int32Array;
  /** What is to be added to the worth of each. */
  rewards: Float32Array;
}

/** How to start an episode. */
export interface ResetOptions {
  /** Restarts the random stream. Without it, the stream goes on: the next episode differs from the last. */
  seed?: number;
  /** Settings of this environment by name, listed in `EnvSpec.options`. */
  options?: Record<string, unknown>;
}

/**
 * An environment: Gymnasium's contract since 2022, synchronous and typed.
 *
 * An environment has `rows` decision makers that share one policy. With one row (most environments), observation,
 * action and reward are what Gymnasium users expect: an element of `observationSpace`, an element of `actionSpace`, a
 * number. With more, each is a typed array with the rows one after another (row-major): `rows` observations of
 * `observationSpace`, `rows` actions of `actionSpace` (Discrete: Int32Array of length `rows`), a Float32Array of
 * `rows` rewards. Both spaces always describe one row. Termination and truncation concern all rows at once.
 *
 * @typeParam Obs an observation, e.g. Float32Array
 * @typeParam Act an action, e.g. number
 * @typeParam Reward number with one row, Float32Array with several
 */
export interface Env<Obs = Float32Array, Act = unknown, Reward = number> {
  /** What the registry knows about this environment: data, serialisable as JSON. */
  readonly spec: EnvSpec;
  /** The space of one row's observation. */
  readonly observationSpace: Space<unknown>;
  /** The space of one row's action. */
  readonly actionSpace: Space<unknown>;
  /** Number of decision makers that share one policy, at least 1. */
  readonly rows: number;
  /** Starts an episode. Throws a RangeError or TypeError on an unknown option or a bad value. */
  reset(options?: ResetOptions): ResetResult<Obs>;
  /** Acts. Throws if no episode is running, or if the action is not in the action space. */
  step(action: Act): StepResult<Obs, Reward>;
  /** The current observation, without stepping. */
  observe(): Obs;
  /**
   * Which actions are legal now: 1 or 0 for each of a Discrete space's n actions (MultiDiscrete: the sum of nvec),
   * rows one after another. Box: one number a row, 0 when the row does not decide now and its action is ignored. null: all
   * of them.
   */
  actionMask(): Uint8Array | null;
  /** The current state as text for a person. */
  render(): string;
  /** Frees what the environment holds. The environment cannot be used afterwards. */
  close(): void;
  /** An exact copy: the same actions give the same future in both, and neither disturbs the other. */
  fork(): Env<Obs, Act, Reward>;
  /** The environment under all wrappers; itself when it is none. */
  readonly unwrapped: Env<Obs, Act, Reward>;
}

// biome-ignore lint/suspicious/noExplicitAny: an environment of any types; whoever makes one states them.
export type AnyEnv = Env<any, any, any>;

/** Which part of the evidence a workload belongs to: learn on train, choose on validation, report on test. */
export type Split = "train" | "validation" | "test";

/** A workload an environment can run, as the registry lists it. */
export interface WorkloadEntry {
  name: string;
  /** Workloads of one family are alike (one program, one generator) and always in the same split. */
  family: string;
  split: Split;
}

/** One setting that `reset({ options })` or `simulate --option` accepts. */
export interface OptionSpec {
  name: string;
  /** `number` (with min and max), `string`, or one of `choices`. */
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
  /** Steps after which `make` truncates an episode, or null for none. */
  maxEpisodeSteps: number | null;
  /** Mean return at which the task counts as solved, or null where there is no such number. */
  rewardThreshold: number | null;
  options: readonly OptionSpec[];
  workloads: readonly WorkloadEntry[];
  /** File whose docstring documents the environment, from the repository's root, e.g. `envs/cartpole.ts`. */
  source?: string;
}

/**
 * A legal step was asked for at the wrong time (no episode running), or an illegal action was given. The message names
 * the environment, and for an action the offending value and the space.
 */
export class EnvUsageError extends Error {
  override readonly name = "EnvUsageError";
}
