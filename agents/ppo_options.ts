import { z } from "zod";
import { hiddenLayersSchema } from "./network.ts";

/** Hyperparameters of PPO. Names follow CleanRL's `ppo.py`. The defaults suit continuous control of kernel knobs. */
export const ppoOptionsSchema = z.strictObject({
  /** Number of environments that are stepped side by side. */
  numEnvs: z.int().positive().max(256).default(16),
  /** Steps of each environment between two updates. */
  numSteps: z.int().positive().max(4096).default(128),
  /** Passes over a rollout. */
  updateEpochs: z.int().positive().max(1000).default(4),
  /** Samples per gradient step; the rollout is cut into equal parts of about this size. */
  minibatchSize: z
    .int()
    .positive()
    .max(2 ** 20)
    .default(512),
  /** Adam's learning rate at the start. */
  learningRate: z.number().positive().default(1e-3),
  /** Whether the learning rate falls linearly to 0 at the last step. */
  annealLr: z.boolean().default(true),
  /** Discount per step. */
  gamma: z.number().min(0).max(1).default(0.97),
  /** Lambda of generalised advantage estimation. */
  gaeLambda: z.number().min(0).max(1).default(0.95),
  /** Whether the advantages of each minibatch are scaled to mean 0 and variance 1. */
  normAdv: z.boolean().default(true),
  /** How far the probability ratio may move from 1 before its gradient is cut. */
  clipCoef: z.number().positive().default(0.2),
  /** Whether `clipCoef` also clips the change of the value estimate. */
  clipVloss: z.boolean().default(false),
  /** Weight of the entropy bonus. */
  entCoef: z.number().nonnegative().default(0),
  /** Weight of the value loss. */
  vfCoef: z.number().nonnegative().default(0.5),
  /** Greatest L2 norm of the gradient; a longer one is scaled down. */
  maxGradNorm: z.number().positive().default(0.5),
  /** Ends the passes of an update once the policy has moved this far (approximate KL divergence); null for never. */
  targetKl: z.number().positive().nullable().default(null),
  /** Whether running statistics scale observations to mean 0 and variance 1, clipped to +-10. */
  normalizeObservations: z.boolean().default(true),
  /** Whether rewards are divided by the running standard deviation of the discounted return, clipped to +-10. */
  normalizeRewards: z.boolean().default(true),
  /**
   * What scores the actions: `mlp` reads the whole observation; `scorer` reads each action's own features, with weights
   * that all actions share. A scorer needs observations Box [A, F] and actions Discrete(A).
   */
  network: z.enum(["mlp", "scorer"]).default("mlp"),
  /** Sizes of the hidden layers. */
  hidden: hiddenLayersSchema.default([64, 64]),
  /** Whether the critic is one more output of the policy's network (not with a scorer) or a network of its own. */
  value: z.enum(["shared", "separate"]).default("separate"),
  /** Natural logarithm of the initial standard deviation of Box actions, in half-ranges. */
  initialLogStd: z.number().default(-0.5),
  /**
   * Upper limit of the logarithm of the standard deviations at the last step, for Box actions. The limit falls linearly
   * from `initialLogStd` to this; null for no limit. The finished policy acts without noise, and the best means under
   * much noise are not the best means without noise.
   */
  finalLogStd: z.number().nullable().default(null),
});

/** Hyperparameters of PPO, all of them set. */
export type PpoOptions = z.infer<typeof ppoOptionsSchema>;
