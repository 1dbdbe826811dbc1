import { z } from "zod";

/** Hyperparameters of rollout policy iteration. */
export const rolloutOptionsSchema = z.strictObject({
  /** Episodes per update. */
  episodes: z.int().positive().max(1000).default(20),
  /** How often per episode each choice is probed. A probe plays every alternative ahead in a copy. */
  probes: z.int().positive().max(1000).default(2),
  /** Steps that a copy is played; to the end of the episode for a choice that came up only once in it. */
  horizon: z.int().positive().max(1_000_000).default(256),
  /** Factor by which each update scales the weight of all earlier probes, which were made under earlier policies. */
  keep: z.number().min(0).max(1).default(0.99),
  /** Strength of the ridge, in probes: it acts like this many probes that found no difference between alternatives. */
  ridge: z.number().positive().default(200),
  /** Limit to which differences in return are clipped, in root mean squares of the choice's differences. */
  clip: z.number().positive().default(4),
  /** Lead of the first alternative that another must beat, in root mean squares of the choice's differences. */
  caution: z.number().nonnegative().default(0.3),
});

/** Hyperparameters of rollout policy iteration, all of them set. */
export type RolloutOptions = z.infer<typeof rolloutOptionsSchema>;
