import { z } from "zod";
import type { AnyEnv } from "../gym/env.ts";
import type { VectorEnv } from "../gym/vector_env.ts";
import type { Arrays } from "./artifact.ts";
import type { NetworkPolicy } from "./network_policy.ts";

/**
 * One row of the training log: numbers by name, null where there is none yet. Every row of one trainer has the same names
 * in the same order. All trainers have `step` (environment steps so far, one step of one environment counts 1
 * whatever its rows), `episodes` (finished so far), `episodic_return` and `episodic_length` (means, see the trainer),
 * `learning_rate`, `steps_per_second` (of this update) and `wall_seconds` (of all updates); the last two are the only
 * ones that differ between two trainings with one seed.
 */
export type TrainingRecord = Record<string, number | null>;

const streamSchema = z.object({ c: z.number(), s0: z.number(), s1: z.number(), s2: z.number() });

/** What `TrainerState` holds besides its arrays. */
export const trainerHeaderSchema = z.object({
  agent: z.string(),
  env: z.string(),
  seed: z.int().nonnegative(),
  totalSteps: z.int().positive(),
  /** All hyperparameters, defaults included. */
  options: z.record(z.string(), z.unknown()),
  counters: z.record(z.string(), z.number()),
  /** Random streams, each at its position. */
  streams: z.record(z.string(), streamSchema),
  /** Observation and reward statistics, as `RunningMoments` writes them. */
  moments: z.record(z.string(), z.unknown()),
  /** Episodes finished so far, and returns and lengths of the last of them. */
  episodes: z.object({ finished: z.int().nonnegative(), returns: z.array(z.number()), lengths: z.array(z.number()) }),
});

/** What `TrainerState` holds besides its arrays. */
export type TrainerHeader = z.infer<typeof trainerHeaderSchema>;

/** Everything a training needs to go on, as plain data and vectors. */
export interface TrainerState {
  header: TrainerHeader;
  /** The weights and the optimiser's memory. */
  arrays: Arrays;
}

/** What every algorithm trains on. */
export interface TrainingSetup {
  /** Makes environments of one kind, each wrapped where that is asked for; the trainer owns them. */
  vectorEnv: (numEnvs: number, wrap?: (env: AnyEnv, index: number) => AnyEnv) => VectorEnv;
  /** Of everything random: weights, episodes, actions, minibatches. Each has its own stream. */
  seed: number;
  /** Environment steps to train for. */
  totalSteps: number;
}

/** A training in progress: call `update` until `done`. */
export interface Trainer {
  /** Registered name of the algorithm. */
  readonly agent: string;
  /** All hyperparameters in force, defaults included. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Environment steps to train for; the last update may go a little beyond. */
  readonly totalSteps: number;
  readonly stepsDone: number;
  readonly updatesDone: number;
  readonly done: boolean;
  /** Gathers experience, learns from it once, and reports. Throws when `done`. */
  update(): TrainingRecord;
  /** The policy as it is now: a copy that further training does not change. */
  policy(): NetworkPolicy;
  /** A copy of everything that training depends on, except the environments' own state. */
  state(): TrainerState;
  /**
   * Goes on from a state. Environments cannot be saved in general, so running episodes are dropped and new ones begin from
   * seeds derived from (seed, update): two resumptions of one state are identical, but differ from the
   * training that was never interrupted.
   *
   * @throws RangeError when the state is of another agent, environment, seed or set of options
   */
  restore(state: TrainerState): void;
  /** Closes the environments. */
  dispose(): void;
}

/** Throws an Error when a trainer has done all its steps. */
export function assertNotDone({ done, stepsDone, totalSteps }: Trainer): void {
  if (done) throw new Error(`training is over: ${stepsDone} of ${totalSteps} steps are done`);
}

/** What two trainings must share for one to go on from the other's state. */
export type TrainingIdentity = Pick<TrainerHeader, "agent" | "env" | "seed" | "totalSteps" | "options">;

/** What a training must share with another for one to go on from the other's state. */
export function identityOf(
  { agent, totalSteps, options }: Pick<Trainer, "agent" | "totalSteps" | "options">,
  env: string,
  seed: number,
): TrainingIdentity {
  return { agent, env, seed, totalSteps, options: { ...options } };
}

/** Throws a RangeError that names the first thing in which a state does not fit the trainer that should go on from it. */
export function assertSameTraining(mine: TrainingIdentity, theirs: TrainingIdentity): void {
  for (const key of ["agent", "env", "seed", "totalSteps", "options"] as const) {
    const [here, there] = [JSON.stringify(mine[key]), JSON.stringify(theirs[key])];
    if (here !== there) {
      throw new RangeError(`cannot resume: the state's ${key} is ${there}, this training's is ${here}`);
    }
  }
}
