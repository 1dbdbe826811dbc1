import type { AnyEnv, Credits } from "../gym/env.ts";
import type { Discrete } from "../gym/spaces.ts";
import { LateStart } from "../gym/wrappers/late_start.ts";
import { TimeLimit } from "../gym/wrappers/time_limit.ts";
import { type RandomStream, randomStream, restoreStream } from "../kernel/random.ts";
import { Adam, clipNorm } from "./adam.ts";
import type { BanditOptions } from "./bandit_options.ts";
import { BaseTrainer, type Learned, type OwnState } from "./base_trainer.ts";
import { chooseNetwork } from "./choose_network.ts";
import { copyNumbers } from "./copy_numbers.ts";
import { createActionHead } from "./create_action_head.ts";
import { createNetwork } from "./create_network.ts";
import type { Network } from "./network.ts";
import type { NetworkPolicy } from "./network_policy.ts";
import { PendingCredits } from "./pending_credits.ts";
import type { TrainingSetup } from "./trainer.ts";
import { trainingSeed } from "./training_seed.ts";
import { restoreWeights, weightState } from "./weight_state.ts";

/**
 * A contextual bandit with a neural model (Riquelme et al. 2018, the greedy kind). It predicts the value of each action
 * from the action's features, takes the best action, and sometimes a random one. All actions share the same weights.
 *
 * The value of an action is the sum of the credits that the environment gives it in later steps (`info.credits`), or
 * the reward of its own step when there are no credits. There is no bootstrapping and no discount. So the bandit fits
 * problems in which the effects of one decision can be told from those of others, and do not change later situations.
 *
 * `trusted` and `margin` make the bandit follow a known rule unless another action is clearly better. The bandit
 * compares predictions of many actions, and the best of many is often the most overrated; a tuned rule is rarely far
 * off. `taxed` and `tax` make it take fewer actions that cost more than their credits say: credits leave out how an
 * action affects later decisions.
 *
 * Columns of the training log beside the common ones: `loss` (mean squared error in units of `scale`; errors beyond one
 * unit count linearly), `epsilon`, `remembered` (decisions in the replay memory).
 */
export class BanditTrainer extends BaseTrainer<BanditOptions> {
  readonly agent = "bandit";
  /** Scores all actions of an observation; this is the policy's network. */
  readonly #network: Network;
  /** The same weights, for the features of one action. */
  readonly #model: Network;
  readonly #parameters: Float32Array;
  readonly #gradient: Float32Array;
  readonly #adam: Adam;
  #actionStream: RandomStream;
  #minibatchStream: RandomStream;
  #running = false;

  readonly #pendingCredits: readonly PendingCredits[];
  /** The replay memory, a ring buffer: features and values of decisions that await no more credits. */
  readonly #features: Float32Array;
  readonly #values: Float32Array;
  #remembered = 0;
  #next = 0;
  readonly #batchFeatures: Float32Array;
  readonly #batchValues: Float32Array;

  /**
   * @throws RangeError when the environment has several rows, when its observations are not features for each of
   *   Discrete actions, or when there is no feature `trusted` or `taxed`
   */
  constructor(setup: TrainingSetup, options: BanditOptions) {
    super(
      setup,
      options,
      setup.vectorEnv(options.numEnvs, (env, i) => cutOut(env, randomStream(setup.seed, `bandit/start-${i}`), options)),
    );
    const { observationSpace, actionSpace, rows } = this.vector;
    if (rows !== 1) throw new RangeError(`the bandit learns in environments with one row, got ${rows}`);
    const head = createActionHead(actionSpace);
    const config = chooseNetwork({ ...options, value: "none" }, observationSpace, actionSpace);
    this.#network = createNetwork(config, observationSpace.size, head.width, head.freeParameters);
    const { features } = this.#network;
    for (const name of ["trusted", "taxed"] as const) {
      const feature = options[name];
      if (feature === null || feature < features) continue;
      throw new RangeError(`${name} must be one of ${features} features, 0 to ${features - 1}, got ${feature}`);
    }
    this.#model = createNetwork(config, features, 1, 0);
    this.#parameters = this.#network.initialise(randomStream(this.seed, "bandit/init"));
    this.#gradient = new Float32Array(this.#network.parameterCount);
    this.#adam = new Adam(this.#network.parameterCount);
    this.#actionStream = randomStream(this.seed, "bandit/action");
    this.#minibatchStream = randomStream(this.seed, "bandit/minibatch");
    this.#pendingCredits = Array.from(
      { length: options.numEnvs },
      () => new PendingCredits(features, options.settleSteps),
    );
    this.#features = new Float32Array(options.replaySize * features);
    this.#values = new Float32Array(options.replaySize);
    this.#batchFeatures = new Float32Array(options.minibatchSize * features);
    this.#batchValues = new Float32Array(options.minibatchSize);
  }

  protected learn(): Learned {
    const { numEnvs, numSteps, epsilonStart, epsilonEnd } = this.options;
    const epsilon = epsilonStart + (this.stepsDone / this.totalSteps) * (epsilonEnd - epsilonStart);
    const learningRate = this.annealed(this.options);
    this.#collect(epsilon);
    const loss = this.#improve(learningRate);
    this.stepsDone += numEnvs * numSteps;
    return { columns: { loss, epsilon, remembered: this.#remembered }, learningRate };
  }

  /** Plays `numSteps` steps of every environment and remembers the decisions that await no more credits. */
  #collect(epsilon: number): void {
    const { numEnvs, numSteps } = this.options;
    const env = this.vector;
    const network = this.#network;
    const { features, inputs } = network;
    const outputs = new Float32Array(network.stride);
    const actions = new Float32Array(numEnvs);
    const start = (env.actionSpace as { start?: number }).start ?? 0;
    const remember = this.#remember.bind(this);
    if (!this.#running) {
      env.reset({ seed: trainingSeed(this.seed, "bandit/episodes", this.updatesDone) });
      for (const pendingCredits of this.#pendingCredits) pendingCredits.restart();
      this.#running = true;
    }
    for (let t = 0; t < numSteps; t++) {
      const { masks, observations } = env;
      for (let e = 0; e < numEnvs; e++) {
        let action: number;
        if (this.#actionStream.next() < epsilon) {
          action = this.#anyAction(masks, e);
        } else {
          network.act(this.#parameters, observations, e * inputs, outputs, 0, masks, e * network.width);
          action = best(outputs, network.width, masks, e * network.width);
        }
        actions[e] = start + action;
        const pendingCredits = this.#pendingCredits[e];
        if (pendingCredits.full) pendingCredits.takeOldest(remember);
        pendingCredits.add(observations, e * inputs + action * features);
      }
      env.step(actions);
      for (let e = 0; e < numEnvs; e++) {
        const ended = env.terminations[e] !== 0 || env.truncations[e] !== 0;
        const info = ended ? env.finalInfos[e] : env.infos[e];
        const credits = info?.credits as Credits | undefined;
        const pendingCredits = this.#pendingCredits[e];
        if (credits === undefined) pendingCredits.creditLast(env.rewards[e]);
        else pendingCredits.credit(credits);
        if (ended) pendingCredits.end(remember);
        this.episodes.step(e, env.rewards[e], ended);
      }
    }
  }

  /** Writes a decision to the replay memory, with margin and tax in its value. */
  #remember(actionFeatures: Float32Array, offset: number, value: number): void {
    const { features } = this.#network;
    const { scale, trusted, margin, taxed, tax } = this.options;
    copyNumbers(actionFeatures, offset, this.#features, this.#next * features, features);
    const ahead = trusted !== null && actionFeatures[offset + trusted] > 0 ? margin : 0;
    const taxes = taxed === null ? 0 : tax * actionFeatures[offset + taxed];
    this.#values[this.#next] = (value + ahead - taxes) / scale;
    this.#next = (this.#next + 1) % this.options.replaySize;
    this.#remembered = Math.min(this.#remembered + 1, this.options.replaySize);
  }

  /** Draws a legal action; all are equally likely. */
  #anyAction(masks: Uint8Array | null, env: number): number {
    const { width } = this.#network;
    let legal = width;
    if (masks !== null) {
      legal = 0;
      for (let a = 0; a < width; a++) legal += masks[env * width + a];
    }
    let left = this.#actionStream.integer(legal);
    for (let a = 0; a < width; a++) {
      if (masks !== null && masks[env * width + a] === 0) continue;
      if (left-- === 0) return a;
    }
    throw new RangeError("the action mask allows no action");
  }

  /** Takes gradient steps on random remembered decisions; returns their mean loss, null while there are too few. */
  #improve(learningRate: number): number | null {
    const { gradientSteps, minibatchSize, maxGradNorm, expectile } = this.options;
    if (this.#remembered < minibatchSize) return null;
    const { features } = this.#network;
    const values = this.#batchValues;
    let loss = 0;
    for (let step = 0; step < gradientSteps; step++) {
      for (let i = 0; i < minibatchSize; i++) {
        const at = this.#minibatchStream.integer(this.#remembered);
        copyNumbers(this.#features, at * features, this.#batchFeatures, i * features, features);
        values[i] = this.#values[at];
      }
      this.#model.gradient(
        this.#parameters,
        this.#batchFeatures,
        minibatchSize,
        (outputs, dOutputs) => {
          for (let i = 0; i < minibatchSize; i++) {
            const error = outputs[i] - values[i];
            const size = Math.abs(error);
            const weight = 2 * (error > 0 ? 1 - expectile : expectile);
            loss += (weight * (size <= 1 ? error * error : 2 * size - 1)) / minibatchSize;
            dOutputs[i] = (weight * Math.max(-1, Math.min(1, error))) / minibatchSize;
          }
        },
        this.#gradient,
      );
      clipNorm(this.#gradient, maxGradNorm);
      this.#adam.step(this.#parameters, this.#gradient, learningRate);
    }
    return loss / gradientSteps;
  }

  policy(): NetworkPolicy {
    return this.policyOf(this.#network.config, this.#parameters.slice(), null);
  }

  protected ownState(): OwnState {
    return {
      ...weightState(this.#parameters, this.#adam),
      streams: { action: this.#actionStream.state(), minibatch: this.#minibatchStream.state() },
      moments: {},
    };
  }

  /** The replay memory is not part of the state: it starts empty. */
  protected restoreOwn(state: OwnState): void {
    restoreWeights(state, this.#parameters, this.#adam);
    this.#actionStream = restoreStream(state.streams.action);
    this.#minibatchStream = restoreStream(state.streams.minibatch);
    this.#remembered = 0;
    this.#next = 0;
    this.#running = false;
  }
}

/** Wraps an environment so that its episodes start late and end early, as the options say. */
function cutOut(env: AnyEnv, random: RandomStream, { latestStart, episodeSteps, trusted }: BanditOptions): AnyEnv {
  const rule = (observation: unknown, mask: Uint8Array | null) =>
    ruleAction(observation as Float32Array, mask, env.actionSpace as Discrete, trusted);
  const late = latestStart === 0 ? env : new LateStart<unknown, unknown>(env, { latest: latestStart, rule, random });
  return episodeSteps === 0 ? late : new TimeLimit<unknown, unknown>(late, episodeSteps);
}

/** The legal action that the trusted feature marks, or the first legal action. */
function ruleAction(
  observation: Float32Array,
  mask: Uint8Array | null,
  space: Discrete,
  trusted: number | null,
): number {
  const features = observation.length / space.n;
  let chosen = -1;
  for (let a = 0; a < space.n; a++) {
    if (mask !== null && mask[a] === 0) continue;
    if (chosen < 0) chosen = a;
    if (trusted !== null && observation[a * features + trusted] > 0) chosen = a;
  }
  return space.start + chosen;
}

/** The legal action with the highest output. */
function best(outputs: Float32Array, width: number, masks: Uint8Array | null, maskOffset: number): number {
  let chosen = -1;
  for (let a = 0; a < width; a++) {
    if (masks !== null && masks[maskOffset + a] === 0) continue;
    if (chosen < 0 || outputs[a] > outputs[chosen]) chosen = a;
  }
  return chosen;
}
