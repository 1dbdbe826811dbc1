import { z } from "zod";
import { hiddenLayersSchema } from "./network.ts";

/** Hyperparameters of the contextual bandit. */
export const banditOptionsSchema = z.strictObject({
  /** Number of environments that are stepped side by side. */
  numEnvs: z.int().positive().max(256).default(32),
  /** Steps of each environment between two updates. */
  numSteps: z.int().positive().max(4096).default(64),
  /** Steps after which no more credits for a decision are expected; 0 for environments without credits. */
  settleSteps: z.int().nonnegative().max(16_384).default(384),
  /** Decisions that the replay memory holds; a new one replaces the oldest. */
  replaySize: z
    .int()
    .positive()
    .max(2 ** 22)
    .default(262_144),
  /** Gradient steps per update. */
  gradientSteps: z.int().positive().max(10_000).default(8),
  /** Decisions per gradient step. */
  minibatchSize: z
    .int()
    .positive()
    .max(2 ** 20)
    .default(1024),
  /** Adam's learning rate at the start. */
  learningRate: z.number().positive().default(3e-3),
  /** Whether the learning rate falls linearly to 0 at the last step. */
  annealLr: z.boolean().default(true),
  /** Share of actions drawn at random: at the start, and at the last step. */
  epsilonStart: z.number().min(0).max(1).default(0.5),
  epsilonEnd: z.number().min(0).max(1).default(0.05),
  /** Unit in which the network predicts values. Errors beyond one unit count linearly (Huber's loss). */
  scale: z.number().positive().default(8),
  /**
   * Which expectile of an action's value is predicted. 0.5 is the mean; less is cautious. Caution helps because the
   * bandit picks the actions that it overrates, so an error upwards costs more than an error downwards.
   */
  expectile: z.number().gt(0).lt(1).default(0.5),
  /** Index of the feature that is above 0 for the action of a trusted rule; null when there is no such rule. */
  trusted: z.int().nonnegative().nullable().default(null),
  /** By how much another action must beat the trusted rule's action: this much is added to the value of the latter. */
  margin: z.number().nonnegative().default(0),
  /** Index of a feature whose cost the credits understate; null when there is none. */
  taxed: z.int().nonnegative().nullable().default(null),
  /** How much the value of an action is lowered per unit of the feature `taxed`. */
  tax: z.number().nonnegative().default(0),
  /** Upper limit of the steps that the trusted rule plays before learning starts; each episode draws its own number. */
  latestStart: z.int().nonnegative().max(1_000_000).default(0),
  /** Steps after which an episode is cut off and the next one starts; 0 plays every episode to its end. */
  episodeSteps: z.int().nonnegative().default(0),
  /** Greatest L2 norm of the gradient; a longer one is scaled down. */
  maxGradNorm: z.number().positive().default(0.5),
  /** The network: it scores each action from its own features, with weights that all actions share. */
  network: z.literal("scorer").default("scorer"),
  /** Sizes of the hidden layers; without any, the value is linear in the features. */
  hidden: hiddenLayersSchema.default([32]),
});

/** Hyperparameters of the contextual bandit, all of them set. */
export type BanditOptions = z.infer<typeof banditOptionsSchema>;
