import { z } from "zod";

/** Hyperparameters of the contextual bandit. */
export const banditOptionsSchema = z.strictObject({
  /** Environments stepped side by side. */
  numEnvs: z.int().positive().default(32),
  /** Steps of each environment between two updates. */
  numSteps: z.int().positive().default(64),
  /** Steps after which a decision's worth is taken to be known; 0 where there are no credits. */
  settleSteps: z.int().nonnegative().default(384),
  /** Decisions remembered; the oldest are forgotten. */
  replaySize: z.int().positive().default(262_144),
  /** Gradient steps of an update. */
  gradientSteps: z.int().positive().default(8),
  /** Decisions of one gradient step. */
  minibatchSize: z.int().positive().default(1024),
  /** Of Adam, at the start. */
  learningRate: z.number().positive().default(3e-3),
  /** Whether the learning rate falls linearly to 0 at the last step. */
  annealLr: z.boolean().default(true),
  /** Share of actions drawn at random, at the start and at the last step. */
  epsilonStart: z.number().min(0).max(1).default(0.5),
  epsilonEnd: z.number().min(0).max(1).default(0.05),
  /** Unit of worth in which the network counts; errors beyond one unit weigh linearly (Huber's loss). */
  scale: z.number().positive().default(8),
  /**
   * Which expectile of an action's worth is predicted: 0.5 is the mean, less is cautious: overrated actions are chosen, so
   * errors upwards cost more than errors downwards.
   */
  expectile: z.number().gt(0).lt(1).default(0.5),
  /** Index of a feature that is above 0 for the action which a trusted rule would take; null where there is no such rule. */
  trusted: z.int().nonnegative().nullable().default(null),
  /** How much more than that action another must be worth to be taken in its place: so much is added to what it was worth. */
  margin: z.number().nonnegative().default(0),
  /** Index of a feature with which an action costs more than its credits say; null where there is none. */
  taxed: z.int().nonnegative().nullable().default(null),
  /** By how much less an action is taken to be worth for each unit of that feature. */
  tax: z.number().nonnegative().default(0),
  /** Most steps that the trusted rule plays before an episode is learned from: as many are drawn for each. */
  latestStart: z.int().nonnegative().default(0),
  /** Steps after which an episode is left for another; 0 plays all to their ends. */
  episodeSteps: z.int().nonnegative().default(0),
  /** Longest gradient (L2). */
  maxGradNorm: z.number().positive().default(0.5),
  /** The network: one over each action's features, whose weights all actions share. */
  network: z.literal("scorer").default("scorer"),
  /** Sizes of the hidden layers; none makes the worth linear in the features. */
  hidden: z.array(z.int().positive()).default([32]),
});

/** Hyperparameters of the contextual bandit, all of them set. */
export type BanditOptions = z.infer<typeof banditOptionsSchema>;
