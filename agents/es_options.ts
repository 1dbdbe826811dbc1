import { z } from "zod";

/** Hyperparameters of evolution strategies. */
export const esOptionsSchema = z.strictObject({
  /** Pairs of mirrored perturbations a generation. */
  pairs: z.int().positive().default(8),
  /** Episodes each member of the population plays: the same for all members of a generation. */
  episodes: z.int().positive().default(2),
  /** Whether episodes go through the training workloads in turn; else each draws its own. */
  everyWorkload: z.boolean().default(false),
  /** Standard deviation of the perturbations. */
  sigma: z.number().positive().default(0.2),
  /** Of Adam. */
  learningRate: z.number().positive().default(0.1),
  /** Whether the learning rate falls linearly to 0 at the last step. */
  annealLr: z.boolean().default(true),
  /** What is maximised: the mean episode return, or minus the mean of `info.cost` at the episodes' ends. */
  objective: z.enum(["return", "cost"]).default("return"),
  /** How a generation's fitnesses are compared: by rank (-0.5 to 0.5) or brought to mean 0 and variance 1. */
  fitness: z.enum(["rank", "standardised"]).default("rank"),
  /** Shrinks the weights by this share of the learning rate a generation. */
  weightDecay: z.number().nonnegative().default(0),
  /** Whether observations are brought to mean 0 and variance 1 by running statistics, and clipped to +-10. */
  normalizeObservations: z.boolean().default(true),
  /**
   * What scores the actions: a network over the whole observation, or one over each action's features, whose weights
   * all actions share. The latter needs observations Box [A, F] and actions Discrete(A).
   */
  network: z.enum(["mlp", "scorer"]).default("mlp"),
  /** Sizes of the hidden layers; none makes a linear policy. */
  hidden: z.array(z.int().positive()).default([]),
  /**
   * How much more than the others the first alternative of every choice scores at the start, for categorical actions (not
   * with a scorer): the search then begins near the policy that always takes it.
   */
  margin: z.number().nonnegative().default(0),
});

/** Hyperparameters of evolution strategies, all of them set. */
export type EsOptions = z.infer<typeof esOptionsSchema>;
