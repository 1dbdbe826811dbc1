import type { RandomStream } from "../kernel/random.ts";
import { Mlp } from "./mlp.ts";
import { type LossGradient, type MlpConfig, type Network, POLICY_GAIN, VALUE_GAIN } from "./network.ts";
import { PolicyAndCritic, type PolicyAndCriticInputs } from "./policy_and_critic.ts";
import { tfjs } from "./tfjs.ts";

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
  readonly actor: Mlp;
  readonly #critic: Mlp | null;
  readonly #training: PolicyAndCritic;

  constructor(config: MlpConfig, inputs: number, width: number, freeParameters: number) {
    this.config = config;
    this.inputs = inputs;
    this.features = inputs;
    this.width = width;
    const outputs = config.value === "shared" ? width + 1 : width;
    this.actor = new Mlp([inputs, ...config.hidden, outputs]);
    this.#critic =
      config.value === "separate" ? new Mlp([inputs, ...config.hidden, 1], this.actor.parameterCount) : null;
    this.#training = new PolicyAndCritic(this.actor, this.#critic, outputs, freeParameters);
    this.stride = this.#training.stride;
    this.freeOffset = this.#training.freeOffset;
    this.parameterCount = this.#training.parameterCount;
  }

  initialise(random: RandomStream): Float32Array {
    const parameters = new Float32Array(this.parameterCount);
    const gains = new Array<number>(this.width).fill(POLICY_GAIN);
    this.actor.initialise(parameters, random, [...gains, VALUE_GAIN]);
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
    this.actor.forward(parameters, observations, observationOffset, outputs, outputOffset);
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
    const policy = tfjs().tensor2d(observations.subarray(0, count * this.inputs), [count, this.inputs]);
    return { policy, critic: this.#critic === null ? null : policy };
  }
}
