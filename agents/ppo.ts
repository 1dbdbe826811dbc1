import { RunningMoments } from "../gym/running_moments.ts";
import { Box } from "../gym/spaces.ts";
import { type RandomStream, randomStream, restoreStream } from "../kernel/random.ts";
import type { ActionHead, HeadRow } from "./action_head.ts";
import { Adam, clipNorm } from "./adam.ts";
import { BaseTrainer, type Learned, type OwnState } from "./base_trainer.ts";
import { chooseNetwork } from "./choose_network.ts";
import { createActionHead } from "./create_action_head.ts";
import { createNetwork } from "./create_network.ts";
import { explainedVariance } from "./explained_variance.ts";
import { generalisedAdvantages, NONE, UNKNOWN } from "./gae.ts";
import type { Network } from "./network.ts";
import type { NetworkPolicy } from "./network_policy.ts";
import { copyObservations, updateMoments } from "./observations.ts";
import { type MinibatchBuffers, RolloutBuffers } from "./ppo_buffers.ts";
import { type LossParts, ppoLoss } from "./ppo_loss.ts";
import type { PpoOptions } from "./ppo_options.ts";
import { shuffle } from "./shuffle.ts";
import { standardise } from "./standardise.ts";
import type { TrainingSetup } from "./trainer.ts";
import { trainingSeed } from "./training_seed.ts";
import { restoreWeights, weightState } from "./weight_state.ts";

/** Scaled rewards are clipped to +- this, as CleanRL does for continuous actions. */
const REWARD_CLIP = 10;

/**
 * Proximal policy optimisation (Schulman et al. 2017) in the form of CleanRL's `ppo.py`, over a vector environment.
 * Each decision of a row is a sample. One difference from CleanRL matters: a truncated episode is bootstrapped from the
 * value of its final observation, not from 0.
 *
 * Acting runs in typed arrays; values and gradients are computed on tfjs (see `Network`). Between updates no tensor is
 * alive.
 *
 * Columns of the training log: `episodic_return` and `episodic_length` are means over the last 100 finished episodes
 * (with several rows, of the rows' mean reward); `policy_loss`, `value_loss`, `entropy` and `clipfrac` are means over
 * the minibatches of the update; `approx_kl` is the mean over its last pass; `explained_variance` is that of the critic
 * before the update.
 */
export class PpoTrainer extends BaseTrainer<PpoOptions> {
  readonly agent = "ppo";
  readonly #head: ActionHead;
  readonly #network: Network;
  readonly #parameters: Float32Array;
  readonly #gradient: Float32Array;
  readonly #adam: Adam;
  #observationMoments: RunningMoments | null;
  #rewardMoments: RunningMoments | null;
  #actionStream: RandomStream;
  #minibatchStream: RandomStream;
  /** Whether episodes are running. False before the first update and after a restore. */
  #running = false;

  /** Greatest number of samples per step: environments x rows. */
  readonly #samples: number;
  /** For each row: discounted return of the running episode so far. */
  readonly #discounted: Float32Array;
  readonly #rollout: RolloutBuffers;
  readonly #minibatch: MinibatchBuffers;
  /** The first `#usable` entries are the samples to learn from, in the order of the current pass. */
  readonly #order: Int32Array;
  #usable = 0;

  /**
   * Makes the environments and the initial weights; the first episode starts with the first `update`.
   *
   * @throws RangeError when the vector environment is not as requested, or when no action head or network fits its
   *   spaces
   */
  constructor(setup: TrainingSetup, options: PpoOptions) {
    super(setup, options, setup.vectorEnv(options.numEnvs));
    if (this.vector.numEnvs !== options.numEnvs || this.vector.autoresetMode !== "same-step") {
      throw new RangeError(
        `PPO needs ${options.numEnvs} environments that reset in the same step, got ${this.vector.numEnvs} (${this.vector.autoresetMode})`,
      );
    }
    const inputs = this.vector.observationSpace.size;
    this.#samples = this.vector.totalRows;
    this.#head = createActionHead(this.vector.actionSpace, options.initialLogStd);
    const architecture = chooseNetwork(options, this.vector.observationSpace, this.vector.actionSpace);
    this.#network = createNetwork(architecture, inputs, this.#head.width, this.#head.freeParameters);
    this.#parameters = this.#network.initialise(randomStream(this.seed, "ppo/init"));
    this.#head.initialise(this.#parameters.subarray(this.#network.freeOffset));
    this.#gradient = new Float32Array(this.#network.parameterCount);
    this.#adam = new Adam(this.#network.parameterCount);
    this.#observationMoments = options.normalizeObservations ? new RunningMoments(this.#network.features) : null;
    this.#rewardMoments = options.normalizeRewards ? new RunningMoments(1) : null;
    this.#actionStream = randomStream(this.seed, "ppo/action");
    this.#minibatchStream = randomStream(this.seed, "ppo/minibatch");
    this.#discounted = new Float32Array(this.#samples);
    this.#rollout = new RolloutBuffers(options.numSteps, this.#samples, inputs, this.#head);
    const most = options.numSteps * this.#samples;
    this.#minibatch = this.#rollout.createMinibatch(Math.min(most, 2 * options.minibatchSize));
    this.#order = new Int32Array(most);
  }

  /** Number of minibatches, each of about `minibatchSize`, for `count` samples. */
  #minibatches(count: number): number {
    return Math.max(1, Math.round(count / this.options.minibatchSize));
  }

  protected learn(): Learned {
    const learningRate = this.annealed(this.options);
    this.#collect();
    this.#estimate();
    const parts = this.#improve(learningRate);
    this.stepsDone += this.options.numSteps * this.options.numEnvs;
    this.#leadLogStd();
    const { values, returns, count } = this.#rollout;
    const columns = {
      policy_loss: parts.policyLoss,
      value_loss: parts.valueLoss,
      entropy: parts.entropy,
      approx_kl: parts.approxKl,
      clipfrac: parts.clipfrac,
      explained_variance: explainedVariance(values.subarray(0, count), returns.subarray(0, count)),
    };
    return { columns, learningRate };
  }

  /** Plays `numSteps` steps of every environment with the current policy and records them. */
  #collect(): void {
    const { numSteps } = this.options;
    const env = this.vector;
    const head = this.#head;
    const samples = this.#samples;
    const inputs = this.#network.inputs;
    const rollout = this.#rollout;
    const outputs = new Float32Array(this.#network.stride);
    const free = this.#parameters.subarray(this.#network.freeOffset);
    const row: HeadRow = { outputs, offset: 0, free, mask: null, maskOffset: 0 };
    const actions = new Float32Array(samples * env.actionSpace.size);
    if (!this.#running) {
      env.reset({ seed: trainingSeed(this.seed, "ppo/episodes", this.updatesDone) });
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

  /** Whether row `i` decides in this step. With Box actions the mask says so; with others every row decides. */
  #decides(i: number): boolean {
    const { masks, actionSpace } = this.vector;
    return masks === null || !(actionSpace instanceof Box) || masks[i] !== 0;
  }

  /** Adds the observations of the deciding rows to the running statistics. */
  #countObservations(): void {
    const { observations, masks, actionSpace } = this.vector;
    if (masks === null || !(actionSpace instanceof Box)) {
      updateMoments(this.#observationMoments, observations);
      return;
    }
    const { inputs } = this.#network;
    for (let i = 0; i < this.#samples; i++) {
      if (masks[i] !== 0) updateMoments(this.#observationMoments, observations.subarray(i * inputs, (i + 1) * inputs));
    }
  }

  /** Copies observations, normalised for the network. */
  #observe(from: Float32Array, fromOffset: number, rows: number, to: Float32Array, toOffset: number): void {
    copyObservations(this.#observationMoments, this.#network.inputs, from, fromOffset, rows, to, toOffset);
  }

  /** Records the rewards of the last step, and the episodes that it ended. */
  #noteStep(): void {
    const { numEnvs, gamma } = this.options;
    const env = this.vector;
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
      this.episodes.step(e, sum / env.rows, terminated || truncated);
    }
  }

  /**
   * Closes the open samples of rows that another decision maker takes over in this step. What its predecessor would
   * have earned later is unknown. Its last sample is therefore not learned from: counting the missing rewards as 0
   * would make finishing early look better (when rewards are negative) or worse (when they are positive).
   */
  #endRows(e: number): void {
    const rollout = this.#rollout;
    const { began = [] } = this.vector.infos[e] as { began?: readonly number[] };
    for (const row of began) {
      const at = rollout.open[e * this.vector.rows + row];
      if (at < 0) continue;
      rollout.next[at] = UNKNOWN;
      rollout.open[e * this.vector.rows + row] = NONE;
    }
  }

  /** A reward in the scale that the critic learns. */
  #scaled(reward: number): number {
    if (this.#rewardMoments === null) return reward;
    return Math.min(Math.max(reward * this.#rewardMoments.scale(0), -REWARD_CLIP), REWARD_CLIP);
  }

  /** Computes values, advantages and returns of the rollout, and lists the samples to learn from. */
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
    // A row that does not decide at the end of the rollout has no valid observation there to bootstrap from, so that
    // its last decision cannot be learned from.
    for (let i = 0; i < this.#samples; i++) if (open[i] >= 0 && !this.#decides(i)) next[open[i]] = UNKNOWN;
    generalisedAdvantages(rollout, gamma, gaeLambda, advantages);
    for (let at = 0; at < count; at++) {
      returns[at] = advantages[at] + values[at];
      if (ended[at] !== 0 || next[at] !== UNKNOWN) this.#order[this.#usable++] = at;
    }
  }

  /** Learns from the rollout in several passes of random minibatches; returns the means of their losses. */
  #improve(learningRate: number): LossParts {
    const { updateEpochs, normAdv, targetKl } = this.options;
    const count = this.#usable;
    const batch = this.#minibatch;
    const size = Math.ceil(count / this.#minibatches(count));
    const order = this.#order.subarray(0, count);
    const total: LossParts = { policyLoss: 0, valueLoss: 0, entropy: 0, approxKl: 0, clipfrac: 0 };
    let seen = 0;
    for (let epoch = 0; epoch < updateEpochs; epoch++) {
      shuffle(order, this.#minibatchStream);
      let approxKl = 0;
      for (let start = 0; start < count; start += size) {
        this.#rollout.gather(order, start, Math.min(start + size, count), batch);
        if (normAdv) {
          standardise(batch.advantages, batch.count);
        }
        const parts = this.#descend(learningRate);
        approxKl += (parts.approxKl * batch.count) / count;
        total.policyLoss += parts.policyLoss * batch.count;
        total.valueLoss += parts.valueLoss * batch.count;
        total.entropy += parts.entropy * batch.count;
        total.clipfrac += parts.clipfrac * batch.count;
        seen += batch.count;
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

  /** Takes one gradient step on the minibatch. */
  #descend(learningRate: number): LossParts {
    const batch = this.#minibatch;
    const free = this.#parameters.subarray(this.#network.freeOffset);
    const losses: LossParts[] = [];
    this.#network.gradient(
      this.#parameters,
      batch.observations,
      batch.count,
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

  /** Limits the standard deviations of Box actions, see `finalLogStd`. */
  #leadLogStd(): void {
    const { initialLogStd, finalLogStd } = this.options;
    if (finalLogStd === null || !(this.vector.actionSpace instanceof Box)) return;
    const progress = Math.min(1, this.stepsDone / this.totalSteps);
    const most = initialLogStd + progress * (finalLogStd - initialLogStd);
    const free = this.#parameters.subarray(this.#network.freeOffset);
    for (let i = 0; i < free.length; i++) free[i] = Math.min(free[i], most);
  }

  policy(): NetworkPolicy {
    return this.policyOf(this.#network.config, this.#parameters.slice(), this.#observationMoments);
  }

  protected ownState(): OwnState {
    return {
      ...weightState(this.#parameters, this.#adam),
      streams: { action: this.#actionStream.state(), minibatch: this.#minibatchStream.state() },
      moments: {
        observation: this.#observationMoments?.toJSON() ?? null,
        reward: this.#rewardMoments?.toJSON() ?? null,
      },
    };
  }

  protected restoreOwn(state: OwnState): void {
    const { streams, moments } = state;
    restoreWeights(state, this.#parameters, this.#adam);
    this.#actionStream = restoreStream(streams.action!);
    this.#minibatchStream = restoreStream(streams.minibatch!);
    this.#observationMoments = this.options.normalizeObservations ? RunningMoments.fromJSON(moments.observation) : null;
    this.#rewardMoments = this.options.normalizeRewards ? RunningMoments.fromJSON(moments.reward) : null;
    this.#running = false;
  }
}
