import { z } from "zod";
import type { AnyEnv } from "../gym/env.ts";
import type { VectorEnv } from "../gym/vector_env.ts";
import type { Arrays } from "./artifact.ts";
import type { NetworkPolicy } from "./network_policy.ts";

/**
 * One record of the training log: numbers by name, null when there is no value yet. All records of a trainer have the
 * same names in the same order. Every trainer reports `step` (environment steps so far; a step of one environment
 * counts 1, however many rows it has), `episodes` (finished so far), `episodic_return` and `episodic_length` (means,
 * see the trainer), `learning_rate`, `steps_per_second` (of this update) and `wall_seconds` (of all updates). Only the
 * last two differ between two trainings with the same seed.
 */
export type TrainingRecord = Record<string, number | null>;

const streamSchema = z.object({ c: z.number(), s0: z.number(), s1: z.number(), s2: z.number() });

/** Schema of the part of `TrainerState` that is not arrays. */
export const trainerHeaderSchema = z.object({
  agent: z.string(),
  env: z.string(),
  seed: z.int().nonnegative(),
  totalSteps: z.int().positive(),
  /** All hyperparameters, including defaults. */
  options: z.record(z.string(), z.unknown()),
  counters: z.record(z.string(), z.number()),
  /** Random streams, each with its position. */
  streams: z.record(z.string(), streamSchema),
  /** Observation and reward statistics, as `RunningMoments` writes them. */
  moments: z.record(z.string(), z.unknown()),
  /** Number of finished episodes, and returns and lengths of the last ones. */
  episodes: z.object({ finished: z.int().nonnegative(), returns: z.array(z.number()), lengths: z.array(z.number()) }),
});

/** The part of `TrainerState` that is not arrays. */
export type TrainerHeader = z.infer<typeof trainerHeaderSchema>;

/** Everything that a training needs to continue, as plain data and vectors. */
export interface TrainerState {
  header: TrainerHeader;
  /** The weights and the state of the optimiser. */
  arrays: Arrays;
}

/** The input of every training. */
export interface TrainingSetup {
  /** Makes environments of one kind, wrapped by `wrap` if given. The trainer owns them. */
  vectorEnv: (numEnvs: number, wrap?: (env: AnyEnv, index: number) => AnyEnv) => VectorEnv;
  /** Seed of weights, episodes, actions and minibatches. Each of them has its own random stream. */
  seed: number;
  /** Environment steps to train for. */
  totalSteps: number;
}

/** A training in progress. Call `update` until `done`. */
export interface Trainer {
  /** Registered name of the algorithm. */
  readonly agent: string;
  /** All hyperparameters, including defaults. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Environment steps to train for; the last update may exceed them a little. */
  readonly totalSteps: number;
  readonly stepsDone: number;
  readonly updatesDone: number;
  readonly done: boolean;
  /** Collects experience, learns from it once, and reports. Throws when `done`. */
  update(): TrainingRecord;
  /** A copy of the current policy, which further training does not change. */
  policy(): NetworkPolicy;
  /** A copy of everything that the training depends on, except the state of the environments. */
  state(): TrainerState;
  /**
   * Continues from a state. Environments cannot be saved in general. So running episodes are dropped, and new ones
   * start from seeds derived from (seed, update): two resumptions of one state are identical, but differ from a
   * training that was never interrupted.
   *
   * @throws RangeError when the state has another agent, environment, seed, number of steps or set of options
   */
  restore(state: TrainerState): void;
  /** Closes the environments. */
  dispose(): void;
}

/** Throws an Error when a trainer has done all its steps. */
export function assertNotDone({ done, stepsDone, totalSteps }: Trainer): void {
  if (done) throw new Error(`training is over: ${stepsDone} of ${totalSteps} steps are done`);
}

/** What two trainings must have in common, so that one can continue from the other's state. */
export type TrainingIdentity = Pick<TrainerHeader, "agent" | "env" | "seed" | "totalSteps" | "options">;

/** The identity of a training in an environment. */
export function identityOf(
  { agent, totalSteps, options }: Pick<Trainer, "agent" | "totalSteps" | "options">,
  env: string,
  seed: number,
): TrainingIdentity {
  return { agent, env, seed, totalSteps, options: { ...options } };
}

/** Throws a RangeError that names the first difference between a training (`mine`) and a state (`theirs`). */
export function assertSameTraining(mine: TrainingIdentity, theirs: TrainingIdentity): void {
  for (const key of ["agent", "env", "seed", "totalSteps", "options"] as const) {
    const [here, there] = [JSON.stringify(mine[key]), JSON.stringify(theirs[key])];
    if (here !== there) {
      throw new RangeError(`cannot resume: the state's ${key} is ${there}, this training's is ${here}`);
    }
  }
}
