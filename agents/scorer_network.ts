import * as tf from "@tensorflow/tfjs-core";
import type { RandomStream } from "../kernel/random.ts";
import { BatchForward } from "./batch_forward.ts";
import { Mlp } from "./mlp.ts";
import { type LossGradient, type Network, POLICY_GAIN, type ScorerConfig, VALUE_GAIN } from "./network.ts";

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
  readonly #scorer: Mlp;
  readonly #critic: Mlp | null;
  readonly #forward: BatchForward;

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
    this.stride = value === "none" ? width : width + 1;
    this.#scorer = new Mlp([features, ...hidden, 1]);
    this.#critic = value === "none" ? null : new Mlp([2 * features, ...hidden, 1], this.#scorer.parameterCount);
    this.#forward = new BatchForward(this.#scorer, width);
    this.freeOffset = this.#scorer.parameterCount + (this.#critic?.parameterCount ?? 0);
    this.parameterCount = this.freeOffset + freeParameters;
  }

  initialise(random: RandomStream): Float32Array {
    const parameters = new Float32Array(this.parameterCount);
    this.#scorer.initialise(parameters, random, [POLICY_GAIN]);
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
    let outputs: Float32Array = new Float32Array(0);
    // Assigned, not returned: `tidy` searches every number of a returned value for tensors.
    tf.tidy(() => {
      const scores = this.#scorer.forwardTensors(parameters, this.#actions(observations, count)).output;
      const values = this.#critic?.forwardTensors(parameters, this.#summaries(observations, count)).output ?? null;
      outputs = this.#join(scores, values, count);
    });
    return outputs;
  }

  gradient(
    parameters: Float32Array,
    observations: Float32Array,
    count: number,
    loss: LossGradient,
    gradient: Float32Array,
  ): void {
    tf.tidy(() => {
      const scorer = this.#scorer.forwardTensors(parameters, this.#actions(observations, count));
      const critic = this.#critic?.forwardTensors(parameters, this.#summaries(observations, count)) ?? null;
      const outputs = this.#join(scorer.output, critic?.output ?? null, count);
      const dOutputs = new Float32Array(outputs.length);
      const dFree = gradient.subarray(this.freeOffset, this.parameterCount).fill(0);
      loss(outputs, dOutputs, dFree);
      const all = tf.tensor2d(dOutputs, [count, this.stride]);
      const dScores = tf.reshape(tf.slice2d(all, [0, 0], [count, this.width]), [count * this.width, 1]) as tf.Tensor2D;
      this.#scorer.backwardTensors(scorer, dScores, gradient);
      if (critic !== null) {
        this.#critic!.backwardTensors(critic, tf.slice2d(all, [0, this.width], [count, 1]), gradient);
      }
    });
  }

  /** The features of every action, [count x actions, features]. */
  #actions(observations: Float32Array, count: number): tf.Tensor2D {
    return tf.tensor2d(observations.subarray(0, count * this.inputs), [count * this.width, this.features]);
  }

  /** The critic's inputs, [count, 2 x features]. Computed outside tfjs, because no parameter takes part. */
  #summaries(observations: Float32Array, count: number): tf.Tensor2D {
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
    return tf.tensor2d(summaries, [count, 2 * features]);
  }

  #join(scores: tf.Tensor2D, values: tf.Tensor2D | null, count: number): Float32Array {
    const policy = tf.reshape(scores, [count, this.width]) as tf.Tensor2D;
    const joined = values === null ? policy : tf.concat2d([policy, values], 1);
    // A copy, because the cpu backend returns the tensor's own memory.
    return joined.dataSync<"float32">().slice(0, count * this.stride);
  }
}
