import { z } from "zod";
import type { RandomStream } from "../kernel/random.ts";

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
 * know nothing else of a network.
 */
export interface Network {
  readonly config: NetworkConfig;
  /** Numbers of one flattened observation. */
  readonly inputs: number;
  /**
   * Numbers of an observation that have statistics of their own when it is normalised. `inputs` is a multiple: the
   * observation is so many such parts one after another, which share the statistics.
   */
  readonly features: number;
  /** Policy outputs a row. */
  readonly width: number;
  /** Numbers a row of outputs: `width`, and 1 more when there is a value. */
  readonly stride: number;
  readonly parameterCount: number;
  /** Where the free parameters of the action head begin in the parameter vector; they reach to its end. */
  readonly freeOffset: number;
  /** Fresh parameters, the free ones 0. */
  initialise(random: RandomStream): Float32Array;
  /**
   * One row's policy outputs, in typed arrays: writes `width` to `stride` numbers at `outputOffset`.
   *
   * @param mask of the actions, one for each policy output; outputs of actions that are not legal may be left as they were
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

const hidden = z.array(z.int().positive());

const mlpConfigSchema = z.strictObject({
  kind: z.literal("mlp"),
  /** Sizes of the hidden layers (ReLU); none makes a linear policy. */
  hidden,
  /** The critic: none, one more output of the policy's network, or a network of its own. */
  value: z.enum(["none", "shared", "separate"]),
});

const scorerConfigSchema = z.strictObject({
  kind: z.literal("scorer"),
  /** Sizes of the hidden layers (ReLU) of the scoring network and of the critic; none makes both linear. */
  hidden,
  /** The critic: none, or a network of its own. */
  value: z.enum(["none", "separate"]),
  /** Numbers that describe an action. */
  features: z.int().positive(),
});

/** A network's architecture, as it is written into `policy.json`. */
export const networkConfigSchema = z.discriminatedUnion("kind", [mlpConfigSchema, scorerConfigSchema]);

/** The architecture of an `MlpNetwork`. */
export type MlpConfig = z.infer<typeof mlpConfigSchema>;

/** The architecture of a `ScorerNetwork`. */
export type ScorerConfig = z.infer<typeof scorerConfigSchema>;

/** A network's architecture. */
export type NetworkConfig = z.infer<typeof networkConfigSchema>;

/** Gain of the policy's last layer. Small first scores: every action is about as likely as every other (CleanRL). */
export const POLICY_GAIN = 0.01;

/** Gain of the critic's last layer. */
export const VALUE_GAIN = 1;
