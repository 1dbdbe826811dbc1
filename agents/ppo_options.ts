import { z } from "zod";

/** Hyperparameters of PPO. Names follow CleanRL's `ppo.py`; the defaults suit the continuous control of kernel knobs. */
export const ppoOptionsSchema = z.strictObject({
  /** Environments stepped side by side. */
  numEnvs: z.int().positive().default(16),
  /** Steps of each environment between two updates. */
  numSteps: z.int().positive().default(128),
  /** Passes over a rollout. */
  updateEpochs: z.int().positive().default(4),
  /** Samples of one gradient step; the rollout is cut into equal parts of about this size. */
  minibatchSize: z.int().positive().default(512),
  /** Of Adam, at the start. */
  learningRate: z.number().positive().default(1e-3),
  /** Whether the learning rate falls linearly to 0 at the last step. */
  annealLr: z.boolean().default(true),
  /** Discount a step. */
  gamma: z.number().min(0).max(1).default(0.97),
  /** Lambda of generalised advantage estimation. */
  gaeLambda: z.number().min(0).max(1).default(0.95),
  /** Whether each minibatch's advantages are brought to mean 0 and variance 1. */
  normAdv: z.boolean().default(true),
  /** How far the probability ratio may move before its gradient is cut. */
  clipCoef: z.number().positive().default(0.2),
  /** Whether the value's move is clipped by `clipCoef` too. */
  clipVloss: z.boolean().default(false),
  /** Weight of the entropy bonus. */
  entCoef: z.number().nonnegative().default(0),
  /** Weight of the value loss. */
  vfCoef: z.number().nonnegative().default(0.5),
  /** Longest gradient (L2). */
  maxGradNorm: z.number().positive().default(0.5),
  /** Ends an update's passes once the policy has moved this far (approximate KL divergence); null for never. */
  targetKl: z.number().positive().nullable().default(null),
  /** Whether observations are brought to mean 0 and variance 1 by running statistics, and clipped to +-10. */
  normalizeObservations: z.boolean().default(true),
  /** Whether rewards are divided by the running standard deviation of the discounted return, and clipped to +-10. */
  normalizeRewards: z.boolean().default(true),
  /**
   * What scores the actions: a network over the whole observation, or one over each action's features, whose weights
   * all actions share. The latter needs observations Box [A, F] and actions Discrete(A).
   */
  network: z.enum(["mlp", "scorer"]).default("mlp"),
  /** Sizes of the hidden layers. */
  hidden: z.array(z.int().positive()).default([64, 64]),
  /** Whether the critic is one more output of the policy's network (not of a scorer) or a network of its own. */
  value: z.enum(["shared", "separate"]).default("separate"),
  /** Natural logarithm of the first standard deviation of Box actions, in half-ranges. */
  initialLogStd: z.number().default(-0.5),
  /**
   * Where the standard deviations of Box actions are led by the last step: at most a linear course from `initialLogStd`
   * to this; null for none. The policy is used without noise, and what is best with much noise is not best without.
   */
  finalLogStd: z.number().nullable().default(null),
});

/** Hyperparameters of PPO, all of them set. */
export type PpoOptions = z.infer<typeof ppoOptionsSchema>;
