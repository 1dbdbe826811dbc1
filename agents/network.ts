import { z } from "zod";
import type { RandomStream } from "../kernel/random.ts";
import type { MlpLayer } from "./mlp_layer.ts";

/**
 * Computes the gradient of a loss. Receives the network's outputs for a minibatch (samples x stride), writes the
 * gradient with respect to them to `dOutputs`, and adds the gradient with respect to the free parameters, on which no
 * output depends, to `dFree`.
 */
export type LossGradient = (outputs: Float32Array, dOutputs: Float32Array, dFree: Float32Array) => void;

/**
 * A network that scores actions and may estimate the value of an observation. All its parameters are one flat vector,
 * so that an optimiser is a loop over one array, and a saved policy is a header and a binary file.
 *
 * It maps one observation to `stride` outputs: the `width` outputs that the action head reads, then the value, if any.
 * Algorithms know nothing else about a network.
 */
export interface Network {
  readonly config: NetworkConfig;
  /** Numbers in one flattened observation. */
  readonly inputs: number;
  /**
   * Size of the normaliser's statistics. `inputs` is a multiple of it: an observation is a sequence of parts of this
   * size, and all parts share the statistics.
   */
  readonly features: number;
  /** Policy outputs per observation. */
  readonly width: number;
  /** All outputs per observation: `width`, and 1 more when there is a value. */
  readonly stride: number;
  readonly parameterCount: number;
  /** The perceptron of the policy outputs: of the whole observation, or of one action's features. */
  readonly actor: { readonly sizes: readonly number[]; readonly layers: readonly MlpLayer[] };
  /** Index in the parameter vector where the free parameters of the action head start; they reach to its end. */
  readonly freeOffset: number;
  /** New random parameters; the free parameters are 0. */
  initialise(random: RandomStream): Float32Array;
  /**
   * The policy outputs for one observation, in typed arrays: writes `width` to `stride` numbers at `outputOffset`.
   *
   * @param mask action mask with one entry per policy output; the outputs of illegal actions may stay unchanged
   */
  act(
    parameters: Float32Array,
    observations: Float32Array,
    observationOffset: number,
    outputs: Float32Array,
    outputOffset: number,
    mask?: Uint8Array | null,
    maskOffset?: number,
  ): void;
  /** All outputs for `count` observations, on tfjs: count x stride. */
  outputs(parameters: Float32Array, observations: Float32Array, count: number): Float32Array;
  /** The gradient of a loss over `count` observations, on tfjs: writes `parameterCount` numbers. */
  gradient(
    parameters: Float32Array,
    observations: Float32Array,
    count: number,
    loss: LossGradient,
    gradient: Float32Array,
  ): void;
}

/**
 * Sizes of hidden layers: at most 8 layers of at most 2048 units. Source of the limits: choice; the optimiser then
 * takes less than 1 GB.
 */
export const hiddenLayersSchema = z.array(z.int().positive().max(2048)).max(8);

const mlpConfigSchema = z.strictObject({
  kind: z.literal("mlp"),
  /** Sizes of the hidden layers (ReLU); without any, the policy is linear. */
  hidden: hiddenLayersSchema,
  /** The critic: none, one more output of the policy's network, or a separate network. */
  value: z.enum(["none", "shared", "separate"]),
});

const scorerConfigSchema = z.strictObject({
  kind: z.literal("scorer"),
  /** Sizes of the hidden layers (ReLU) of the scoring network and of the critic; without any, both are linear. */
  hidden: hiddenLayersSchema,
  /** The critic: none, or a separate network. */
  value: z.enum(["none", "separate"]),
  /** Number of features that describe an action. */
  features: z
    .int()
    .positive()
    .max(2 ** 20),
});

/** A network's architecture, as it is written into `policy.json`. */
export const networkConfigSchema = z.discriminatedUnion("kind", [mlpConfigSchema, scorerConfigSchema]);

/** The architecture of an `MlpNetwork`. */
export type MlpConfig = z.infer<typeof mlpConfigSchema>;

/** The architecture of a `ScorerNetwork`. */
export type ScorerConfig = z.infer<typeof scorerConfigSchema>;

/** A network's architecture. */
export type NetworkConfig = z.infer<typeof networkConfigSchema>;

/** Gain of the policy's last layer. It is small, so that all actions are about equally likely at first (CleanRL). */
export const POLICY_GAIN = 0.01;

/** Gain of the critic's last layer. */
export const VALUE_GAIN = 1;
