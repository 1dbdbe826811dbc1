import { EsTrainer } from "./es.ts";
import type { NetworkPolicy } from "./network_policy.ts";
import { PpoTrainer } from "./ppo.ts";
import type { PpoEsOptions } from "./ppo_es_options.ts";
import {
  assertNotDone,
  assertSameTraining,
  identityOf,
  type Trainer,
  type TrainerState,
  type TrainingRecord,
  type TrainingSetup,
} from "./trainer.ts";

/** Columns of the log that only one part, PPO or evolution strategies, reports. They are null in the other part. */
const PPO_COLUMNS = ["policy_loss", "value_loss", "entropy", "approx_kl", "clipfrac", "explained_variance"] as const;
const ES_COLUMNS = ["fitness_mean", "fitness_best", "fitness_std", "gradient_norm"] as const;

/**
 * PPO on the environment's rewards, then evolution strategies on whole episodes, starting from the weights that PPO
 * found. PPO learns quickly from a reward at every decision, but that reward only approximates the cost. Evolution
 * strategies see the cost of whole episodes itself, but far from a good policy they need many episodes.
 *
 * The training log has the columns of both parts.
 */
export class PpoEsTrainer implements Trainer {
  readonly agent = "ppo-es";
  readonly options: Readonly<PpoEsOptions>;
  readonly totalSteps: number;
  readonly #setup: TrainingSetup;
  readonly #ppo: PpoTrainer;
  readonly #env: string;
  #es: EsTrainer | null = null;
  #ppoSteps = 0;
  #ppoUpdates = 0;
  #ppoSeconds = 0;

  /** @throws RangeError as the parts do */
  constructor(setup: TrainingSetup, options: PpoEsOptions) {
    this.options = options;
    this.totalSteps = setup.totalSteps;
    this.#setup = setup;
    const steps = Math.min(options.ppoSteps, setup.totalSteps);
    this.#ppo = new PpoTrainer({ ...setup, totalSteps: steps }, options.ppo);
    this.#env = this.#ppo.policy().env;
  }

  get stepsDone(): number {
    return this.#es === null ? this.#ppo.stepsDone : this.#ppoSteps + this.#es.stepsDone;
  }

  get updatesDone(): number {
    return this.#es === null ? this.#ppo.updatesDone : this.#ppoUpdates + this.#es.updatesDone;
  }

  get done(): boolean {
    return this.stepsDone >= this.totalSteps;
  }

  update(): TrainingRecord {
    assertNotDone(this);
    if (this.#es === null) {
      const record = this.#ppo.update();
      this.#ppoSeconds = record.wall_seconds!;
      if (this.#ppo.done && !this.done) this.#goOn();
      return this.#record(record);
    }
    return this.#record(this.#es.update());
  }

  /** Starts the second part from the policy of the first. */
  #goOn(): void {
    this.#begin(this.#ppo.stepsDone, this.#ppo.updatesDone);
    this.#es!.startFrom(this.#ppo.policy());
  }

  #begin(steps: number, updates: number): void {
    this.#ppoSteps = steps;
    this.#ppoUpdates = updates;
    const { network, hidden } = this.options.ppo;
    const options = { ...this.options.es, network, hidden, normalizeObservations: false };
    this.#es = new EsTrainer({ ...this.#setup, totalSteps: Math.max(1, this.totalSteps - steps) }, options);
  }

  #record(record: TrainingRecord): TrainingRecord {
    const columns = [...PPO_COLUMNS, ...ES_COLUMNS].map((name) => [name, record[name] ?? null]);
    const second = this.#es !== null && "fitness_mean" in record;
    return {
      step: this.stepsDone,
      episodes: record.episodes,
      episodic_return: record.episodic_return,
      episodic_length: record.episodic_length,
      ...Object.fromEntries(columns),
      learning_rate: record.learning_rate,
      steps_per_second: record.steps_per_second,
      wall_seconds: record.wall_seconds! + (second ? this.#ppoSeconds : 0),
    };
  }

  policy(): NetworkPolicy {
    const policy = (this.#es ?? this.#ppo).policy();
    return policy.as(this.agent);
  }

  state(): TrainerState {
    const { header, arrays } = (this.#es ?? this.#ppo).state();
    const { counters, streams, moments, episodes } = header;
    const own = {
      part: this.#es === null ? 0 : 1,
      ppoSteps: this.#ppoSteps,
      ppoUpdates: this.#ppoUpdates,
      ppoSeconds: this.#ppoSeconds,
    };
    return {
      header: {
        ...identityOf(this, this.#env, this.#setup.seed),
        counters: { ...counters, ...own },
        streams,
        moments,
        episodes,
      },
      arrays,
    };
  }

  restore({ header, arrays }: TrainerState): void {
    assertSameTraining(identityOf(this, this.#env, this.#setup.seed), header);
    const { counters, streams, moments, episodes } = header;
    this.#ppoSeconds = counters.ppoSeconds!;
    if (counters.part === 1) this.#begin(counters.ppoSteps!, counters.ppoUpdates!);
    const part = this.#es ?? this.#ppo;
    part.restore({ header: { ...part.state().header, counters, streams, moments, episodes }, arrays });
    // A finished training that goes on to more steps may have ended before its second part.
    if (this.#es === null && this.#ppo.done && !this.done) this.#goOn();
  }

  dispose(): void {
    this.#ppo.dispose();
    this.#es?.dispose();
  }
}
