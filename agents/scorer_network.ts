import type { Tensor2D } from "@tensorflow/tfjs-core";
import type { RandomStream } from "../kernel/random.ts";
import { BatchForward } from "./batch_forward.ts";
import { Mlp } from "./mlp.ts";
import { type LossGradient, type Network, POLICY_GAIN, type ScorerConfig, VALUE_GAIN } from "./network.ts";
import { PolicyAndCritic, type PolicyAndCriticInputs } from "./policy_and_critic.ts";
import { tfjs } from "./tfjs.ts";

/**
 * Scores each action from its own features, with weights that all actions share. An observation is an `actions` x
 * `features` matrix, row-major. The score of action a is the output of one small perceptron for row a of the matrix.
 * Facts about the state, which concern all actions, are repeated in every row of the matrix.
 *
 * Because the weights are shared, what the network learns about one action holds for all, and the order of the actions
 * has no meaning: permuted actions have permuted scores.
 *
 * The critic is a perceptron over a summary that does not depend on the order either: the mean of each feature over all
 * actions, then the maximum of each.
 */
export class ScorerNetwork implements Network {
  readonly config: ScorerConfig;
  readonly inputs: number;
  readonly features: number;
  readonly width: number;
  readonly stride: number;
  readonly parameterCount: number;
  readonly freeOffset: number;
  readonly actor: Mlp;
  readonly #critic: Mlp | null;
  readonly #forward: BatchForward;
  readonly #training: PolicyAndCritic;

  /** @throws RangeError unless `inputs` is `width` x `config.features` */
  constructor(config: ScorerConfig, inputs: number, width: number, freeParameters: number) {
    const { features, hidden, value } = config;
    if (inputs !== width * features) {
      throw new RangeError(
        `a scorer of ${width} actions with ${features} features needs ${width * features} inputs, got ${inputs}`,
      );
    }
    this.config = config;
    this.inputs = inputs;
    this.features = features;
    this.width = width;
    this.actor = new Mlp([features, ...hidden, 1]);
    this.#critic = value === "none" ? null : new Mlp([2 * features, ...hidden, 1], this.actor.parameterCount);
    this.#forward = new BatchForward(this.actor, width);
    this.#training = new PolicyAndCritic(this.actor, this.#critic, width, freeParameters);
    this.stride = this.#training.stride;
    this.freeOffset = this.#training.freeOffset;
    this.parameterCount = this.#training.parameterCount;
  }

  initialise(random: RandomStream): Float32Array {
    const parameters = new Float32Array(this.parameterCount);
    this.actor.initialise(parameters, random, [POLICY_GAIN]);
    this.#critic?.initialise(parameters, random, [VALUE_GAIN]);
    return parameters;
  }

  act(
    parameters: Float32Array,
    observations: Float32Array,
    observationOffset: number,
    outputs: Float32Array,
    outputOffset: number,
    mask: Uint8Array | null = null,
    maskOffset = 0,
  ): void {
    this.#forward.forward(parameters, observations, observationOffset, outputs, outputOffset, mask, maskOffset);
  }

  outputs(parameters: Float32Array, observations: Float32Array, count: number): Float32Array {
    return this.#training.outputs(parameters, count, () => this.#tensors(observations, count));
  }

  gradient(
    parameters: Float32Array,
    observations: Float32Array,
    count: number,
    loss: LossGradient,
    gradient: Float32Array,
  ): void {
    this.#training.gradient(parameters, count, () => this.#tensors(observations, count), loss, gradient);
  }

  #tensors(observations: Float32Array, count: number): PolicyAndCriticInputs {
    return {
      policy: this.#actions(observations, count),
      critic: this.#critic === null ? null : this.#summaries(observations, count),
    };
  }

  /** The features of every action, [count x actions, features]. */
  #actions(observations: Float32Array, count: number): Tensor2D {
    return tfjs().tensor2d(observations.subarray(0, count * this.inputs), [count * this.width, this.features]);
  }

  /** The critic's inputs, [count, 2 x features]. Computed outside tfjs, because no parameter takes part. */
  #summaries(observations: Float32Array, count: number): Tensor2D {
    const { features, inputs, width } = this;
    const summaries = new Float32Array(count * 2 * features);
    for (let row = 0; row < count; row++) {
      const mean = row * 2 * features;
      const end = (row + 1) * inputs;
      for (let i = 0; i < features; i++) {
        let sum = 0;
        let most = Number.NEGATIVE_INFINITY;
        for (let at = row * inputs + i; at < end; at += features) {
          const value = observations[at];
          sum += value;
          most = value > most ? value : most;
        }
        summaries[mean + i] = sum / width;
        summaries[mean + features + i] = most;
      }
    }
    return tfjs().tensor2d(summaries, [count, 2 * features]);
  }
}
