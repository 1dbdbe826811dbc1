import type { Tensor2D } from "@tensorflow/tfjs-core";
import type { Mlp, Trace } from "./mlp.ts";
import type { LossGradient } from "./network.ts";
import { tfjs } from "./tfjs.ts";

/** The inputs of both perceptrons, as tensors [inputs, numbers]. `critic` is null when there is no critic. */
export interface PolicyAndCriticInputs {
  policy: Tensor2D;
  critic: Tensor2D | null;
}

/**
 * The training half of a network: a policy perceptron and an optional critic perceptron on tfjs, and the layout of
 * their parameters in one vector: policy, critic, then the free parameters of the action head.
 */
export class PolicyAndCritic {
  /** Outputs per observation: those of the policy, then the value, if there is a critic. */
  readonly stride: number;
  readonly parameterCount: number;
  /** Index in the parameter vector where the free parameters of the action head start. */
  readonly freeOffset: number;
  readonly #policy: Mlp;
  readonly #critic: Mlp | null;
  readonly #policyOutputs: number;

  /**
   * @param policyOutputs outputs of the policy perceptron per observation, over all its inputs for that observation
   * @param critic has one output, and its parameters follow those of the policy
   */
  constructor(policy: Mlp, critic: Mlp | null, policyOutputs: number, freeParameters: number) {
    this.#policy = policy;
    this.#critic = critic;
    this.#policyOutputs = policyOutputs;
    this.stride = critic === null ? policyOutputs : policyOutputs + 1;
    this.freeOffset = policy.parameterCount + (critic?.parameterCount ?? 0);
    this.parameterCount = this.freeOffset + freeParameters;
  }

  /**
   * All outputs for `count` observations: count x stride.
   *
   * @param inputs makes the input tensors; called inside `tf.tidy`
   */
  outputs(parameters: Float32Array, count: number, inputs: () => PolicyAndCriticInputs): Float32Array {
    let outputs: Float32Array = new Float32Array(0);
    // Assigned, not returned: `tidy` searches every number of a returned value for tensors.
    tfjs().tidy(() => {
      const { policy, critic } = this.#forward(parameters, inputs());
      outputs = this.#join(policy.output, critic?.output ?? null, count);
    });
    return outputs;
  }

  /**
   * The gradient of a loss over `count` observations: writes `parameterCount` numbers.
   *
   * @param inputs makes the input tensors; called inside `tf.tidy`
   */
  gradient(
    parameters: Float32Array,
    count: number,
    inputs: () => PolicyAndCriticInputs,
    loss: LossGradient,
    gradient: Float32Array,
  ): void {
    const tf = tfjs();
    tf.tidy(() => {
      const { policy, critic } = this.#forward(parameters, inputs());
      const outputs = this.#join(policy.output, critic?.output ?? null, count);
      const dOutputs = new Float32Array(outputs.length);
      const dFree = gradient.subarray(this.freeOffset, this.parameterCount).fill(0);
      loss(outputs, dOutputs, dFree);
      const all = tf.tensor2d(dOutputs, [count, this.stride]);
      const dPolicy = critic === null ? all : tf.slice2d(all, [0, 0], [count, this.#policyOutputs]);
      this.#policy.backwardTensors(policy, tf.reshape(dPolicy, policy.output.shape), gradient);
      if (critic !== null) {
        this.#critic!.backwardTensors(critic, tf.slice2d(all, [0, this.#policyOutputs], [count, 1]), gradient);
      }
    });
  }

  #forward(
    parameters: Float32Array,
    { policy, critic }: PolicyAndCriticInputs,
  ): { policy: Trace; critic: Trace | null } {
    return {
      policy: this.#policy.forwardTensors(parameters, policy),
      critic: critic === null ? null : this.#critic!.forwardTensors(parameters, critic),
    };
  }

  #join(policy: Tensor2D, values: Tensor2D | null, count: number): Float32Array {
    const tf = tfjs();
    const scores = tf.reshape(policy, [count, this.#policyOutputs]) as Tensor2D;
    const joined = values === null ? scores : tf.concat2d([scores, values], 1);
    // A copy, because the cpu backend returns the tensor's own memory.
    return joined.dataSync<"float32">().slice(0, count * this.stride);
  }
}
