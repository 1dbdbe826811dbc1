import * as tf from "@tensorflow/tfjs-core";
import { z } from "zod";
import type { RandomStream } from "../kernel/random.ts";
import { Mlp } from "./mlp.ts";

/**
 * Receives a minibatch's network outputs (rows x stride) and writes the gradient of the loss in them; what it adds to
 * `dFree` is the gradient in the free parameters, which no output depends on.
 */
export type LossGradient = (outputs: Float32Array, dOutputs: Float32Array, dFree: Float32Array) => void;

/**
 * A policy with an optional value estimate, over one flat parameter vector, so that an optimiser is a loop over one
 * array and a policy is a header and a binary file.
 *
 * A row of outputs is `stride` numbers: the action head's `width`, then the value where there is one. Algorithms
 * know nothing else of a network: one that scores each action from its features is another implementation.
 */
export interface Network {
  readonly config: NetworkConfig;
  /** Numbers of one flattened observation. */
  readonly inputs: number;
  /** Policy outputs a row. */
  readonly width: number;
  /** Numbers a row of outputs: `width`, and 1 more when there is a value. */
  readonly stride: number;
  readonly parameterCount: number;
  /** Where the free parameters of the action head begin in the parameter vector; they reach to its end. */
  readonly freeOffset: number;
  /** Fresh parameters, the free ones 0. */
  initialise(random: RandomStream): Float32Array;
  /** One row's policy outputs, in typed arrays: writes `width` to `stride` numbers at `outputOffset`. */
  act(
    parameters: Float32Array,
    observations: Float32Array,
    observationOffset: number,
    outputs: Float32Array,
    outputOffset: number,
  ): void;
  /** All outputs of many rows, on tfjs: rows x stride. */
  outputs(parameters: Float32Array, observations: Float32Array, rows: number): Float32Array;
  /** The gradient of a loss over many rows, on tfjs: writes `parameterCount` numbers. */
  gradient(
    parameters: Float32Array,
    observations: Float32Array,
    rows: number,
    loss: LossGradient,
    gradient: Float32Array,
  ): void;
}

/** A network's architecture, as it is written into `policy.json`. */
export const networkConfigSchema = z.strictObject({
  kind: z.literal("mlp"),
  /** Sizes of the hidden layers (ReLU); none makes a linear policy. */
  hidden: z.array(z.int().positive()),
  /** The critic: none, one more output of the policy's network, or a network of its own. */
  value: z.enum(["none", "shared", "separate"]),
});

/** A network's architecture. */
export type NetworkConfig = z.infer<typeof networkConfigSchema>;

/** Small first scores: every action is about as likely as every other before training (CleanRL). */
const POLICY_GAIN = 0.01;
const VALUE_GAIN = 1;

/** Builds a network from its architecture. */
export function createNetwork(config: NetworkConfig, inputs: number, width: number, freeParameters: number): Network {
  return new MlpNetwork(config, inputs, width, freeParameters);
}

class MlpNetwork implements Network {
  readonly config: NetworkConfig;
  readonly inputs: number;
  readonly width: number;
  readonly stride: number;
  readonly parameterCount: number;
  readonly freeOffset: number;
  readonly #policy: Mlp;
  readonly #critic: Mlp | null;

  constructor(config: NetworkConfig, inputs: number, width: number, freeParameters: number) {
    this.config = config;
    this.inputs = inputs;
    this.width = width;
    this.stride = config.value === "none" ? width : width + 1;
    this.#policy = new Mlp([inputs, ...config.hidden, config.value === "shared" ? width + 1 : width]);
    this.#critic =
      config.value === "separate" ? new Mlp([inputs, ...config.hidden, 1], this.#policy.parameterCount) : null;
    this.freeOffset = this.#policy.parameterCount + (this.#critic?.parameterCount ?? 0);
    this.parameterCount = this.freeOffset + freeParameters;
  }

  initialise(random: RandomStream): Float32Array {
    const parameters = new Float32Array(this.parameterCount);
    const gains = new Array<number>(this.width).fill(POLICY_GAIN);
    this.#policy.initialise(parameters, random, [...gains, VALUE_GAIN]);
    this.#critic?.initialise(parameters, random, [VALUE_GAIN]);
    return parameters;
  }

  act(
    parameters: Float32Array,
    observations: Float32Array,
    observationOffset: number,
    outputs: Float32Array,
    outputOffset: number,
  ): void {
    this.#policy.forward(parameters, observations, observationOffset, outputs, outputOffset);
  }

  outputs(parameters: Float32Array, observations: Float32Array, rows: number): Float32Array {
    return tf.tidy(() => {
      const x = this.#input(observations, rows);
      const policy = this.#policy.forwardTensors(parameters, x).output;
      return this.#join(policy, this.#critic?.forwardTensors(parameters, x).output ?? null, rows);
    });
  }

  gradient(
    parameters: Float32Array,
    observations: Float32Array,
    rows: number,
    loss: LossGradient,
    gradient: Float32Array,
  ): void {
    tf.tidy(() => {
      const x = this.#input(observations, rows);
      const policy = this.#policy.forwardTensors(parameters, x);
      const critic = this.#critic?.forwardTensors(parameters, x) ?? null;
      const outputs = this.#join(policy.output, critic?.output ?? null, rows);
      const dOutputs = new Float32Array(outputs.length);
      const dFree = gradient.subarray(this.freeOffset, this.parameterCount).fill(0);
      loss(outputs, dOutputs, dFree);
      const both = tf.tensor2d(dOutputs, [rows, this.stride]);
      if (critic === null) {
        this.#policy.backwardTensors(policy, both, gradient);
      } else {
        this.#policy.backwardTensors(policy, tf.slice2d(both, [0, 0], [rows, this.width]), gradient);
        this.#critic!.backwardTensors(critic, tf.slice2d(both, [0, this.width], [rows, 1]), gradient);
      }
    });
  }

  #input(observations: Float32Array, rows: number): tf.Tensor2D {
    return tf.tensor2d(observations.subarray(0, rows * this.inputs), [rows, this.inputs]);
  }

  #join(policy: tf.Tensor2D, value: tf.Tensor2D | null, rows: number): Float32Array {
    const joined = value === null ? policy : tf.concat2d([policy, value], 1);
    // A copy, because the cpu backend hands out the tensor's own memory.
    return joined.dataSync<"float32">().slice(0, rows * this.stride);
  }
}
