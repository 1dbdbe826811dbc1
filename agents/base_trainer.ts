import type { RunningMoments } from "../gym/running_moments.ts";
import type { VectorEnv } from "../gym/vector_env.ts";
import { EpisodeLog } from "./episode_log.ts";
import type { NetworkConfig } from "./network.ts";
import { NetworkPolicy } from "./network_policy.ts";
import {
  assertNotDone,
  assertSameTraining,
  identityOf,
  type Trainer,
  type TrainerHeader,
  type TrainerState,
  type TrainingRecord,
  type TrainingSetup,
} from "./trainer.ts";

/** What one update of an algorithm reports: its own columns of the log, and the learning rate that it used. */
export interface Learned {
  columns: TrainingRecord;
  learningRate: number;
}

/** The part of a training's state that only the algorithm knows: weights, random streams, statistics. */
export type OwnState = Pick<TrainerHeader, "counters" | "streams" | "moments"> & Pick<TrainerState, "arrays">;

/**
 * The part of a trainer that does not depend on the algorithm: it counts steps, updates, seconds and episodes, writes
 * the columns of the log that all trainers share, and frames the state of a checkpoint. An algorithm adds what one
 * update does (`learn`), its policy, and its own part of the state.
 *
 * A base class, because every trainer must show the counters as its own properties.
 */
export abstract class BaseTrainer<Options extends Readonly<Record<string, unknown>>> implements Trainer {
  abstract readonly agent: string;
  readonly options: Readonly<Options>;
  readonly totalSteps: number;
  stepsDone = 0;
  updatesDone = 0;

  protected readonly seed: number;
  protected readonly vector: VectorEnv;
  protected readonly episodes: EpisodeLog;
  #wallSeconds = 0;

  /** @param vector the environments to train in; this trainer closes them */
  constructor({ seed, totalSteps }: TrainingSetup, options: Options, vector: VectorEnv) {
    this.options = options;
    this.totalSteps = totalSteps;
    this.seed = seed;
    this.vector = vector;
    this.episodes = new EpisodeLog(vector.numEnvs);
  }

  /** Gathers experience, adds the steps to `stepsDone`, and learns once. */
  protected abstract learn(): Learned;

  /** Copies of the weights and of everything else that the algorithm needs to go on. */
  protected abstract ownState(): OwnState;

  /** Takes over what `ownState` returned. `updatesDone` and `stepsDone` are still the old ones. */
  protected abstract restoreOwn(state: OwnState): void;

  abstract policy(): NetworkPolicy;

  get done(): boolean {
    return this.stepsDone >= this.totalSteps;
  }

  update(): TrainingRecord {
    assertNotDone(this);
    const started = performance.now();
    const stepsBefore = this.stepsDone;
    const { columns, learningRate } = this.learn();
    this.updatesDone += 1;
    const seconds = (performance.now() - started) / 1000;
    this.#wallSeconds += seconds;
    return {
      step: this.stepsDone,
      episodes: this.episodes.finished,
      episodic_return: this.episodes.meanReturn,
      episodic_length: this.episodes.meanLength,
      ...columns,
      learning_rate: learningRate,
      steps_per_second: (this.stepsDone - stepsBefore) / seconds,
      wall_seconds: this.#wallSeconds,
    };
  }

  state(): TrainerState {
    const { stepsDone, updatesDone } = this;
    const { counters, streams, moments, arrays } = this.ownState();
    return {
      header: {
        ...this.#identity(),
        counters: { stepsDone, updatesDone, wallSeconds: this.#wallSeconds, ...counters },
        streams,
        moments,
        episodes: this.episodes.state(),
      },
      arrays,
    };
  }

  restore({ header, arrays }: TrainerState): void {
    assertSameTraining(this.#identity(), header);
    const { counters, streams, moments, episodes } = header;
    this.restoreOwn({ counters, streams, moments, arrays });
    this.stepsDone = counters.stepsDone;
    this.updatesDone = counters.updatesDone;
    this.#wallSeconds = counters.wallSeconds;
    this.episodes.restore(episodes);
  }

  dispose(): void {
    this.vector.close();
  }

  /** The learning rate now: constant, or on a line that falls to 0 at the last step. */
  protected annealed({ learningRate, annealLr }: { learningRate: number; annealLr: boolean }): number {
    return learningRate * (annealLr ? 1 - this.stepsDone / this.totalSteps : 1);
  }

  /** A policy for this training's environment that acts by `parameters`, which it does not copy. */
  protected policyOf(
    network: NetworkConfig,
    parameters: Float32Array,
    normaliser: RunningMoments | null,
  ): NetworkPolicy {
    const { spec, observationSpace, actionSpace } = this.vector;
    return new NetworkPolicy({
      algorithm: this.agent,
      env: spec.id,
      observationSpace,
      actionSpace,
      network,
      parameters,
      normaliser,
    });
  }

  #identity() {
    return identityOf(this, this.vector.spec.id, this.seed);
  }
}
