import * as tf from "@tensorflow/tfjs-core";
import type { RandomStream } from "../kernel/random.ts";
import { BatchForward } from "./batch_forward.ts";
import { Mlp } from "./mlp.ts";
import { type LossGradient, type Network, POLICY_GAIN, type ScorerConfig, VALUE_GAIN } from "./network.ts";

/**
 * Scores each action from its own features with shared weights. An observation is an `actions` x `features` matrix,
 * row-major; the score of action a is one small perceptron's output for row a. What concerns all actions alike (the
 * state) stands in every row.
 *
 * The same weights serve every action, so that what is learned of one holds for all, and the order of the rows is
 * without meaning: permuted rows have permuted scores.
 *
 * The critic is a perceptron over a summary of the rows that does not depend on their order either: the mean of each
 * feature, then the maximum of each.
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

  /** @throws RangeError unless there is one row of features for each output */
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

  outputs(parameters: Float32Array, observations: Float32Array, rows: number): Float32Array {
    let outputs: Float32Array = new Float32Array(0);
    // Not returned through `tidy`, which looks for tensors in every number of what it returns.
    tf.tidy(() => {
      const scores = this.#scorer.forwardTensors(parameters, this.#actions(observations, rows)).output;
      const values = this.#critic?.forwardTensors(parameters, this.#summaries(observations, rows)).output ?? null;
      outputs = this.#join(scores, values, rows);
    });
    return outputs;
  }

  gradient(
    parameters: Float32Array,
    observations: Float32Array,
    rows: number,
    loss: LossGradient,
    gradient: Float32Array,
  ): void {
    tf.tidy(() => {
      const scorer = this.#scorer.forwardTensors(parameters, this.#actions(observations, rows));
      const critic = this.#critic?.forwardTensors(parameters, this.#summaries(observations, rows)) ?? null;
      const outputs = this.#join(scorer.output, critic?.output ?? null, rows);
      const dOutputs = new Float32Array(outputs.length);
      const dFree = gradient.subarray(this.freeOffset, this.parameterCount).fill(0);
      loss(outputs, dOutputs, dFree);
      const all = tf.tensor2d(dOutputs, [rows, this.stride]);
      const dScores = tf.reshape(tf.slice2d(all, [0, 0], [rows, this.width]), [rows * this.width, 1]) as tf.Tensor2D;
      this.#scorer.backwardTensors(scorer, dScores, gradient);
      if (critic !== null) {
        this.#critic!.backwardTensors(critic, tf.slice2d(all, [0, this.width], [rows, 1]), gradient);
      }
    });
  }

  /** Every action's features, [rows x actions, features]. */
  #actions(observations: Float32Array, rows: number): tf.Tensor2D {
    return tf.tensor2d(observations.subarray(0, rows * this.inputs), [rows * this.width, this.features]);
  }

  /** What the critic sees, [rows, 2 x features]. Outside tfjs, because nothing is learned in it. */
  #summaries(observations: Float32Array, rows: number): tf.Tensor2D {
    const { features, inputs, width } = this;
    const summaries = new Float32Array(rows * 2 * features);
    for (let row = 0; row < rows; row++) {
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
    return tf.tensor2d(summaries, [rows, 2 * features]);
  }

  #join(scores: tf.Tensor2D, values: tf.Tensor2D | null, rows: number): Float32Array {
    const policy = tf.reshape(scores, [rows, this.width]) as tf.Tensor2D;
    const joined = values === null ? policy : tf.concat2d([policy, values], 1);
    // A copy, because the cpu backend hands out the tensor's own memory.
    return joined.dataSync<"float32">().slice(0, rows * this.stride);
  }
}
