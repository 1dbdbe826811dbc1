import { z } from "zod";
import { hiddenLayersSchema } from "./network.ts";

/** Hyperparameters of evolution strategies. */
export const esOptionsSchema = z.strictObject({
  /** Pairs of mirrored perturbations per generation. */
  pairs: z.int().positive().max(1024).default(8),
  /** Episodes per member of the population; all members of a generation play the same ones. */
  episodes: z.int().positive().max(1000).default(2),
  /** Whether episodes take the training workloads in turn; otherwise each episode draws its own. */
  everyWorkload: z.boolean().default(false),
  /** Standard deviation of the perturbations. */
  sigma: z.number().positive().default(0.2),
  /** Adam's learning rate at the start. */
  learningRate: z.number().positive().default(0.1),
  /** Whether the learning rate falls linearly to 0 at the last step. */
  annealLr: z.boolean().default(true),
  /** The objective to maximise: the mean episode return, or minus the mean `info.cost` at the end of an episode. */
  objective: z.enum(["return", "cost"]).default("return"),
  /**
   * How the fitnesses of a generation become weights: their ranks (-0.5 to 0.5), or scaled to mean 0 and variance 1.
   */
  fitness: z.enum(["rank", "standardised"]).default("rank"),
  /** Each generation shrinks the weights by this share of the learning rate. */
  weightDecay: z.number().nonnegative().default(0),
  /** Whether running statistics scale observations to mean 0 and variance 1, clipped to +-10. */
  normalizeObservations: z.boolean().default(true),
  /**
   * What scores the actions: `mlp` reads the whole observation; `scorer` reads each action's own features, with weights
   * that all actions share. A scorer needs observations Box [A, F] and actions Discrete(A).
   */
  network: z.enum(["mlp", "scorer"]).default("mlp"),
  /** Sizes of the hidden layers; without any, the policy is linear. */
  hidden: hiddenLayersSchema.default([]),
  /**
   * Initial lead in score of the first alternative of every choice, so that the search begins near the policy that
   * always takes the first alternative. For categorical actions, and not with a scorer.
   */
  margin: z.number().nonnegative().default(0),
});

/** Hyperparameters of evolution strategies, all of them set. */
export type EsOptions = z.infer<typeof esOptionsSchema>;
