import * as tf from "@tensorflow/tfjs-core";
import type { RandomStream } from "../kernel/random.ts";
import { Mlp } from "./mlp.ts";
import { type LossGradient, type MlpConfig, type Network, POLICY_GAIN, VALUE_GAIN } from "./network.ts";

/**
 * A multilayer perceptron from the whole observation to all outputs. The critic, if any, is one more output or a
 * network of its own.
 */
export class MlpNetwork implements Network {
  readonly config: MlpConfig;
  readonly inputs: number;
  readonly features: number;
  readonly width: number;
  readonly stride: number;
  readonly parameterCount: number;
  readonly freeOffset: number;
  readonly #policy: Mlp;
  readonly #critic: Mlp | null;

  constructor(config: MlpConfig, inputs: number, width: number, freeParameters: number) {
    this.config = config;
    this.inputs = inputs;
    this.features = inputs;
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

  outputs(parameters: Float32Array, observations: Float32Array, count: number): Float32Array {
    let outputs: Float32Array = new Float32Array(0);
    // Assigned, not returned: `tidy` searches every number of a returned value for tensors.
    tf.tidy(() => {
      const x = this.#input(observations, count);
      const policy = this.#policy.forwardTensors(parameters, x).output;
      outputs = this.#join(policy, this.#critic?.forwardTensors(parameters, x).output ?? null, count);
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
      const x = this.#input(observations, count);
      const policy = this.#policy.forwardTensors(parameters, x);
      const critic = this.#critic?.forwardTensors(parameters, x) ?? null;
      const outputs = this.#join(policy.output, critic?.output ?? null, count);
      const dOutputs = new Float32Array(outputs.length);
      const dFree = gradient.subarray(this.freeOffset, this.parameterCount).fill(0);
      loss(outputs, dOutputs, dFree);
      const both = tf.tensor2d(dOutputs, [count, this.stride]);
      if (critic === null) {
        this.#policy.backwardTensors(policy, both, gradient);
      } else {
        this.#policy.backwardTensors(policy, tf.slice2d(both, [0, 0], [count, this.width]), gradient);
        this.#critic!.backwardTensors(critic, tf.slice2d(both, [0, this.width], [count, 1]), gradient);
      }
    });
  }

  #input(observations: Float32Array, count: number): tf.Tensor2D {
    return tf.tensor2d(observations.subarray(0, count * this.inputs), [count, this.inputs]);
  }

  #join(policy: tf.Tensor2D, value: tf.Tensor2D | null, count: number): Float32Array {
    const joined = value === null ? policy : tf.concat2d([policy, value], 1);
    // A copy, because the cpu backend returns the tensor's own memory.
    return joined.dataSync<"float32">().slice(0, count * this.stride);
  }
}
