import { z } from "zod";

/** Hyperparameters of rollout policy iteration. */
export const rolloutOptionsSchema = z.strictObject({
  /** Episodes an update. */
  episodes: z.int().positive().default(20),
  /** Occasions an episode at which each choice of the action is probed: every alternative played ahead in a copy. */
  probes: z.int().positive().default(2),
  /** Steps that a copy is played on; to the episode's end for a choice that came up once in it. */
  horizon: z.int().positive().default(256),
  /** Share of what was learned in earlier updates, under earlier policies, that still counts after each update. */
  keep: z.number().min(0).max(1).default(0.99),
  /** Strength of the ridge, in probes: as if so many had found no difference between alternatives. */
  ridge: z.number().positive().default(200),
  /** Greatest difference between alternatives that counts, in root mean squares of a choice's differences. */
  clip: z.number().positive().default(4),
  /** How much better than the first alternative another has to look, in root mean squares of its choice's differences. */
  caution: z.number().nonnegative().default(0.3),
});

/** Hyperparameters of rollout policy iteration, all of them set. */
export type RolloutOptions = z.infer<typeof rolloutOptionsSchema>;
