import { RunningMoments } from "../gym/running_moments.ts";
import { Box } from "../gym/spaces.ts";
import type { VectorEnv } from "../gym/vector_env.ts";
import { type RandomStream, randomStream, restoreStream } from "../kernel/random.ts";
import type { ActionHead, HeadRow } from "./action_head.ts";
import { Adam, clipNorm } from "./adam.ts";
import { chooseNetwork } from "./choose_network.ts";
import { createActionHead } from "./create_action_head.ts";
import { createNetwork } from "./create_network.ts";
import { EpisodeLog } from "./episode_log.ts";
import { explainedVariance } from "./explained_variance.ts";
import { generalisedAdvantages, NONE, UNKNOWN } from "./gae.ts";
import type { Network } from "./network.ts";
import { NetworkPolicy } from "./network_policy.ts";
import { type MinibatchBuffers, RolloutBuffers } from "./ppo_buffers.ts";
import { type LossParts, ppoLoss } from "./ppo_loss.ts";
import type { PpoOptions } from "./ppo_options.ts";
import { copyObservations, updateMoments } from "./rows.ts";
import { shuffle } from "./shuffle.ts";
import { standardise } from "./standardise.ts";
import {
  assertSameTraining,
  type Trainer,
  type TrainerState,
  type TrainingRow,
  type TrainingSetup,
} from "./trainer.ts";
import { identityOf, restoreWeights, weightState } from "./trainer_state.ts";
import { trainingSeed } from "./training_seed.ts";

/** Scaled rewards are clipped to this, as CleanRL does for continuous actions. */
const REWARD_CLIP = 10;

/**
 * Proximal policy optimisation (Schulman et al. 2017) in the form of CleanRL's `ppo.py`, over a vector environment whose
 * rows are samples. It differs in one thing that matters: an episode that was truncated is worth the value of its final
 * observation, not 0.
 *
 * Acting runs in typed arrays, values and gradients on tfjs (see `Network`); between updates no tensor is alive.
 *
 * Its rows of the log: `episodic_return` and `episodic_length` are means over the last 100 finished episodes (several
 * rows: of the rows' mean reward); `policy_loss`, `value_loss`, `entropy` and `clipfrac` are means over the update's
 * minibatches, `approx_kl` over its last pass; `explained_variance` is the critic's before the update.
 */
export class PpoTrainer implements Trainer {
  readonly agent = "ppo";
  readonly options: Readonly<PpoOptions>;
  readonly totalSteps: number;
  stepsDone = 0;
  updatesDone = 0;

  readonly #seed: number;
  readonly #env: VectorEnv;
  readonly #head: ActionHead;
  readonly #network: Network;
  readonly #parameters: Float32Array;
  readonly #gradient: Float32Array;
  readonly #adam: Adam;
  #observationMoments: RunningMoments | null;
  #rewardMoments: RunningMoments | null;
  #actionStream: RandomStream;
  #minibatchStream: RandomStream;
  readonly #episodes: EpisodeLog;
  #wallSeconds = 0;
  /** Whether episodes are running; not before the first update and after a restore. */
  #running = false;

  /** Samples of one step: environments x rows. */
  readonly #samples: number;
  /** Discounted return so far of each sample's running episode. */
  readonly #discounted: Float32Array;
  readonly #rollout: RolloutBuffers;
  readonly #minibatch: MinibatchBuffers;
  /** The samples that are learned from, the first `#usable`, in the order in which they are. */
  readonly #order: Int32Array;
  #usable = 0;

  /**
   * Makes the environments and the initial weights; the first episode starts with the first `update`.
   *
   * @throws RangeError when the vector environment is not what was asked for, or its spaces are none that an agent or its network can work on
   */
  constructor(setup: TrainingSetup, options: PpoOptions) {
    this.options = options;
    this.totalSteps = setup.totalSteps;
    this.#seed = setup.seed;
    this.#env = setup.vectorEnv(options.numEnvs);
    if (this.#env.numEnvs !== options.numEnvs || this.#env.autoresetMode !== "same-step") {
      throw new RangeError(
        `PPO needs ${options.numEnvs} environments that reset in the same step, got ${this.#env.numEnvs} (${this.#env.autoresetMode})`,
      );
    }
    const inputs = this.#env.observationSpace.size;
    this.#samples = this.#env.totalRows;
    this.#head = createActionHead(this.#env.actionSpace, options.initialLogStd);
    const architecture = chooseNetwork(options, this.#env.observationSpace, this.#env.actionSpace);
    this.#network = createNetwork(architecture, inputs, this.#head.width, this.#head.freeParameters);
    this.#parameters = this.#network.initialise(randomStream(this.#seed, "ppo/init"));
    this.#head.initialise(this.#parameters.subarray(this.#network.freeOffset));
    this.#gradient = new Float32Array(this.#network.parameterCount);
    this.#adam = new Adam(this.#network.parameterCount);
    this.#observationMoments = options.normalizeObservations ? new RunningMoments(this.#network.features) : null;
    this.#rewardMoments = options.normalizeRewards ? new RunningMoments(1) : null;
    this.#actionStream = randomStream(this.#seed, "ppo/action");
    this.#minibatchStream = randomStream(this.#seed, "ppo/minibatch");
    this.#episodes = new EpisodeLog(options.numEnvs);
    this.#discounted = new Float32Array(this.#samples);
    this.#rollout = new RolloutBuffers(options.numSteps, this.#samples, inputs, this.#head);
    const most = options.numSteps * this.#samples;
    this.#minibatch = this.#rollout.createMinibatch(Math.min(most, 2 * options.minibatchSize));
    this.#order = new Int32Array(most);
  }

  /** Parts into which `count` samples are cut, of about `minibatchSize`. */
  #minibatches(count: number): number {
    return Math.max(1, Math.round(count / this.options.minibatchSize));
  }

  get done(): boolean {
    return this.stepsDone >= this.totalSteps;
  }

  update(): TrainingRow {
    if (this.done) {
      throw new Error(`training is over: ${this.stepsDone} of ${this.totalSteps} steps are done`);
    }
    const started = performance.now();
    const learningRate = this.options.learningRate * (this.options.annealLr ? 1 - this.stepsDone / this.totalSteps : 1);
    const steps = this.options.numSteps * this.options.numEnvs;

    this.#collect();
    this.#estimate();
    const parts = this.#learn(learningRate);

    this.stepsDone += steps;
    this.updatesDone += 1;
    this.#leadLogStd();
    const seconds = (performance.now() - started) / 1000;
    this.#wallSeconds += seconds;
    return {
      step: this.stepsDone,
      episodes: this.#episodes.finished,
      episodic_return: this.#episodes.meanReturn,
      episodic_length: this.#episodes.meanLength,
      policy_loss: parts.policyLoss,
      value_loss: parts.valueLoss,
      entropy: parts.entropy,
      approx_kl: parts.approxKl,
      clipfrac: parts.clipfrac,
      explained_variance: explainedVariance(
        this.#rollout.values.subarray(0, this.#rollout.count),
        this.#rollout.returns.subarray(0, this.#rollout.count),
      ),
      learning_rate: learningRate,
      steps_per_second: steps / seconds,
      wall_seconds: this.#wallSeconds,
    };
  }

  /** Plays `numSteps` steps of every environment with the current policy and notes what happened. */
  #collect(): void {
    const { numSteps } = this.options;
    const env = this.#env;
    const head = this.#head;
    const samples = this.#samples;
    const inputs = this.#network.inputs;
    const rollout = this.#rollout;
    const outputs = new Float32Array(this.#network.stride);
    const free = this.#parameters.subarray(this.#network.freeOffset);
    const row: HeadRow = { outputs, offset: 0, free, mask: null, maskOffset: 0 };
    const actions = new Float32Array(samples * env.actionSpace.size);
    if (!this.#running) {
      env.reset({ seed: trainingSeed(this.#seed, "ppo/episodes", this.updatesDone) });
      this.#discounted.fill(0);
      this.#running = true;
    }
    rollout.begin();

    for (let t = 0; t < numSteps; t++) {
      this.#countObservations();
      row.mask = env.masks;
      for (let i = 0; i < samples; i++) {
        if (!this.#decides(i)) {
          actions.fill(0, i * env.actionSpace.size, (i + 1) * env.actionSpace.size);
          continue;
        }
        const at = rollout.add(i);
        row.maskOffset = i * head.maskSize;
        this.#observe(env.observations, i * inputs, 1, rollout.observations, at * inputs);
        const legal = head.maskSize === this.#network.width ? row.mask : null;
        this.#network.act(this.#parameters, rollout.observations, at * inputs, outputs, 0, legal, row.maskOffset);
        head.sample(row, this.#actionStream, rollout.actions, at * head.actionSize);
        head.evaluate(row, rollout.actions, at * head.actionSize);
        rollout.logProbabilities[at] = head.logProbability;
        head.toEnvironment(rollout.actions, at * head.actionSize, actions, i * env.actionSpace.size);
        for (let entry = 0; entry < head.maskSize; entry++) {
          rollout.masks[at * head.maskSize + entry] = row.mask === null ? 1 : row.mask[row.maskOffset + entry];
        }
      }
      env.step(actions);
      this.#noteStep();
    }
    this.#observe(env.observations, 0, samples, rollout.observations, rollout.count * inputs);
  }

  /** Whether row `i` decides in this step: a mask of a Box says so, other rows always do. */
  #decides(i: number): boolean {
    const { masks, actionSpace } = this.#env;
    return masks === null || !(actionSpace instanceof Box) || masks[i] !== 0;
  }

  /** Takes what deciding rows see into the statistics of observations. */
  #countObservations(): void {
    const { observations, masks, actionSpace } = this.#env;
    if (masks === null || !(actionSpace instanceof Box)) {
      updateMoments(this.#observationMoments, observations);
      return;
    }
    const { inputs } = this.#network;
    for (let i = 0; i < this.#samples; i++) {
      if (masks[i] !== 0) updateMoments(this.#observationMoments, observations.subarray(i * inputs, (i + 1) * inputs));
    }
  }

  /** Copies observations as the network is to see them. */
  #observe(from: Float32Array, fromOffset: number, rows: number, to: Float32Array, toOffset: number): void {
    copyObservations(this.#observationMoments, this.#network.inputs, from, fromOffset, rows, to, toOffset);
  }

  /** Notes rewards and ends of the step just taken. */
  #noteStep(): void {
    const { numEnvs, gamma } = this.options;
    const env = this.#env;
    const rollout = this.#rollout;
    const inputs = this.#network.inputs;
    for (let i = 0; i < this.#samples; i++) {
      this.#discounted[i] = env.rewards[i] + gamma * this.#discounted[i];
    }
    this.#rewardMoments?.update(this.#discounted, this.#samples);
    for (let e = 0; e < numEnvs; e++) {
      const terminated = env.terminations[e] !== 0;
      const truncated = env.truncations[e] !== 0;
      let sum = 0;
      for (let i = e * env.rows; i < (e + 1) * env.rows; i++) {
        sum += env.rewards[i];
        const at = rollout.open[i];
        if (at >= 0) {
          rollout.rewards[at] += this.#scaled(env.rewards[i]);
          rollout.ended[at] = terminated || truncated ? 1 : 0;
          rollout.terminated[at] = terminated ? 1 : 0;
          if (truncated) {
            this.#observe(env.finalObservations, i * inputs, 1, rollout.finalObservations, rollout.addTruncated(at));
          }
        }
        if (terminated || truncated) {
          this.#discounted[i] = 0;
          rollout.open[i] = NONE;
        }
      }
      this.#endRows(e);
      this.#episodes.step(e, sum / env.rows, terminated || truncated);
    }
  }

  /**
   * Rows in which another decision maker begins. What the last one would have earned is not known: to be done early is neither
   * better nor worse.
   */
  #endRows(e: number): void {
    const rollout = this.#rollout;
    const { began = [] } = this.#env.infos[e] as { began?: readonly number[] };
    for (const row of began) {
      const at = rollout.open[e * this.#env.rows + row];
      if (at < 0) continue;
      rollout.next[at] = UNKNOWN;
      rollout.open[e * this.#env.rows + row] = NONE;
    }
  }

  /** A reward as it is learned from. */
  #scaled(reward: number): number {
    if (this.#rewardMoments === null) return reward;
    return Math.min(Math.max(reward * this.#rewardMoments.scale(0), -REWARD_CLIP), REWARD_CLIP);
  }

  /** Values, advantages and returns of the rollout. */
  #estimate(): void {
    const { gamma, gaeLambda } = this.options;
    const rollout = this.#rollout;
    const { count, values, nextValues, advantages, returns, terminated, ended, next, open, truncatedSamples } = rollout;
    const { stride } = this.#network;
    const outputs = this.#network.outputs(this.#parameters, rollout.observations, count + this.#samples);
    const valueAt = (at: number) => outputs[(at + 1) * stride - 1];
    this.#usable = 0;
    for (let at = 0; at < count; at++) values[at] = valueAt(at);
    for (let i = 0; i < this.#samples; i++) if (open[i] >= 0) nextValues[open[i]] = valueAt(count + i);
    for (let at = 0; at < count; at++) {
      if (terminated[at]) nextValues[at] = 0;
      else if (next[at] >= 0) nextValues[at] = values[next[at]];
    }
    if (truncatedSamples.length > 0) {
      const finals = this.#network.outputs(this.#parameters, rollout.finalObservations, truncatedSamples.length);
      truncatedSamples.forEach((at, i) => {
        nextValues[at] = finals[(i + 1) * stride - 1];
      });
    }
    // What a row saw after the rollout says nothing where it does not decide: its last decision is not learned from.
    for (let i = 0; i < this.#samples; i++) if (open[i] >= 0 && !this.#decides(i)) next[open[i]] = UNKNOWN;
    generalisedAdvantages(rollout, gamma, gaeLambda, advantages);
    for (let at = 0; at < count; at++) {
      returns[at] = advantages[at] + values[at];
      if (ended[at] !== 0 || next[at] !== UNKNOWN) this.#order[this.#usable++] = at;
    }
  }

  /** Passes over the rollout in random minibatches; the means of their losses. */
  #learn(learningRate: number): LossParts {
    const { updateEpochs, normAdv, targetKl } = this.options;
    const count = this.#usable;
    const batch = this.#minibatch;
    const rows = Math.ceil(count / this.#minibatches(count));
    const order = this.#order.subarray(0, count);
    const total: LossParts = { policyLoss: 0, valueLoss: 0, entropy: 0, approxKl: 0, clipfrac: 0 };
    let seen = 0;
    for (let epoch = 0; epoch < updateEpochs; epoch++) {
      shuffle(order, this.#minibatchStream);
      let approxKl = 0;
      for (let start = 0; start < count; start += rows) {
        this.#rollout.gather(order, start, Math.min(start + rows, count), batch);
        if (normAdv) {
          standardise(batch.advantages, batch.rows);
        }
        const parts = this.#descend(learningRate);
        approxKl += (parts.approxKl * batch.rows) / count;
        total.policyLoss += parts.policyLoss * batch.rows;
        total.valueLoss += parts.valueLoss * batch.rows;
        total.entropy += parts.entropy * batch.rows;
        total.clipfrac += parts.clipfrac * batch.rows;
        seen += batch.rows;
      }
      total.approxKl = approxKl;
      if (targetKl !== null && approxKl > targetKl) {
        break;
      }
    }
    total.policyLoss /= seen;
    total.valueLoss /= seen;
    total.entropy /= seen;
    total.clipfrac /= seen;
    return total;
  }

  /** One gradient step on the minibatch. */
  #descend(learningRate: number): LossParts {
    const batch = this.#minibatch;
    const free = this.#parameters.subarray(this.#network.freeOffset);
    const losses: LossParts[] = [];
    this.#network.gradient(
      this.#parameters,
      batch.observations,
      batch.rows,
      (outputs, dOutputs, dFree) => {
        losses.push(ppoLoss(batch, this.#head, this.options, free, outputs, dOutputs, dFree));
      },
      this.#gradient,
    );
    const norm = clipNorm(this.#gradient, this.options.maxGradNorm);
    if (!Number.isFinite(norm)) {
      throw new Error(
        `the gradient of update ${this.updatesDone + 1} is not finite: lower learningRate (${learningRate})`,
      );
    }
    this.#adam.step(this.#parameters, this.#gradient, learningRate);
    return losses[0];
  }

  /** Keeps the standard deviations of Box actions below their course, see `finalLogStd`. */
  #leadLogStd(): void {
    const { initialLogStd, finalLogStd } = this.options;
    if (finalLogStd === null || !(this.#env.actionSpace instanceof Box)) return;
    const progress = Math.min(1, this.stepsDone / this.totalSteps);
    const most = initialLogStd + progress * (finalLogStd - initialLogStd);
    const free = this.#parameters.subarray(this.#network.freeOffset);
    for (let i = 0; i < free.length; i++) free[i] = Math.min(free[i], most);
  }

  policy(): NetworkPolicy {
    return new NetworkPolicy({
      algorithm: this.agent,
      env: this.#env.spec.id,
      observationSpace: this.#env.observationSpace,
      actionSpace: this.#env.actionSpace,
      network: this.#network.config,
      parameters: this.#parameters.slice(),
      normaliser: this.#observationMoments,
    });
  }

  state(): TrainerState {
    const { arrays, adamSteps } = weightState(this.#parameters, this.#adam);
    return {
      header: {
        ...this.#identity(),
        counters: {
          stepsDone: this.stepsDone,
          updatesDone: this.updatesDone,
          wallSeconds: this.#wallSeconds,
          adamSteps,
        },
        streams: { action: this.#actionStream.state(), minibatch: this.#minibatchStream.state() },
        moments: {
          observation: this.#observationMoments?.toJSON() ?? null,
          reward: this.#rewardMoments?.toJSON() ?? null,
        },
        episodes: this.#episodes.state(),
      },
      arrays,
    };
  }

  restore({ header, arrays }: TrainerState): void {
    assertSameTraining(this.#identity(), header);
    const { counters, streams, moments } = header;
    restoreWeights({ arrays, adamSteps: counters.adamSteps! }, this.#parameters, this.#adam);
    this.stepsDone = counters.stepsDone!;
    this.updatesDone = counters.updatesDone!;
    this.#wallSeconds = counters.wallSeconds!;
    this.#actionStream = restoreStream(streams.action!);
    this.#minibatchStream = restoreStream(streams.minibatch!);
    this.#observationMoments = this.options.normalizeObservations ? RunningMoments.fromJSON(moments.observation) : null;
    this.#rewardMoments = this.options.normalizeRewards ? RunningMoments.fromJSON(moments.reward) : null;
    this.#episodes.restore(header.episodes);
    this.#running = false;
  }

  dispose(): void {
    this.#env.close();
  }

  #identity() {
    return identityOf(this, this.#env.spec.id, this.#seed);
  }
}
