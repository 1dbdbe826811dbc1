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

/** The report of one update: the algorithm's own columns of the training log, and the learning rate. */
export interface Learned {
  columns: TrainingRecord;
  learningRate: number;
}

/** The part of a training's state that depends on the algorithm: weights, random streams, statistics. */
export type OwnState = Pick<TrainerHeader, "counters" | "streams" | "moments"> & Pick<TrainerState, "arrays">;

/**
 * The part of a trainer that is the same for all algorithms. It counts steps, updates, seconds and episodes, reports
 * the common columns of the training log, and saves and restores the common part of the state. An algorithm adds one
 * update (`learn`), its policy, and its own part of the state.
 *
 * It is a base class, not a helper object, because every trainer must have the counters as properties of its own.
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

  /** @param vector the environments to train in; `dispose` closes them */
  constructor({ seed, totalSteps }: TrainingSetup, options: Options, vector: VectorEnv) {
    this.options = options;
    this.totalSteps = totalSteps;
    this.seed = seed;
    this.vector = vector;
    this.episodes = new EpisodeLog(vector.numEnvs);
  }

  /** Collects experience, adds its steps to `stepsDone`, and learns from it once. */
  protected abstract learn(): Learned;

  /** Copies of the weights and of everything else that the algorithm needs to continue. */
  protected abstract ownState(): OwnState;

  /** Continues from what `ownState` returned. The counters of this trainer are restored afterwards. */
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

  /** The current learning rate: constant, or falling linearly to 0 at the last step. */
  protected annealed({ learningRate, annealLr }: { learningRate: number; annealLr: boolean }): number {
    return learningRate * (annealLr ? 1 - this.stepsDone / this.totalSteps : 1);
  }

  /** A policy for this training's environment. It uses `parameters` itself, not a copy. */
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
