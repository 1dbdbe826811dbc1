import { z } from "zod";

/** Hyperparameters of evolution strategies. */
export const esOptionsSchema = z.strictObject({
  /** Pairs of mirrored perturbations a generation. */
  pairs: z.int().positive().default(8),
  /** Episodes each member of the population plays. */
  episodes: z.int().positive().default(2),
  /**
   * Who plays the same episodes: all members of a generation, or only the two of a pair. The latter meets more of what
   * episodes can be with as much play, and is for environments whose episodes differ widely.
   */
  common: z.enum(["generation", "pair"]).default("generation"),
  /** Standard deviation of the perturbations. */
  sigma: z.number().positive().default(0.2),
  /** Of Adam. */
  learningRate: z.number().positive().default(0.1),
  /** Whether the learning rate falls linearly to 0 at the last step. */
  annealLr: z.boolean().default(true),
  /** What is maximised: the mean episode return, or minus the mean of `info.cost` at the episodes' ends. */
  objective: z.enum(["return", "cost"]).default("return"),
  /**
   * How a generation's fitnesses are compared: by rank (-0.5 to 0.5) or brought to mean 0 and variance 1. Where pairs play
   * episodes of their own, only the differences within pairs are: by their signs and ranks, or over their root mean square.
   */
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
   * Policies that always choose the same, tried before the search (not with a scorer; the actions must be categorical): the first
   * alternative of every choice, and others drawn at random. The search begins near the best of them. 0: it begins
   * anywhere.
   */
  constants: z.int().nonnegative().default(0),
  /** How much more than the others the chosen alternatives of that one score at first. */
  margin: z.number().positive().default(1),
});

/** Hyperparameters of evolution strategies, all of them set. */
export type EsOptions = z.infer<typeof esOptionsSchema>;
