import { z } from "zod";
import { esOptionsSchema } from "./es_options.ts";
import { ppoOptionsSchema } from "./ppo_options.ts";

/** Hyperparameters of PPO followed by evolution strategies. */
export const ppoEsOptionsSchema = z.strictObject({
  /** Environment steps of the first part, PPO. */
  ppoSteps: z.int().positive().max(1_000_000_000).default(100_000),
  /** Hyperparameters of PPO. Observations are not normalised, so that both parts see the same numbers. */
  ppo: ppoOptionsSchema.extend({ normalizeObservations: z.literal(false) }).prefault({ normalizeObservations: false }),
  /** Hyperparameters of the second part, evolution strategies, which continues with the network of the first. */
  es: esOptionsSchema.omit({ network: true, hidden: true, normalizeObservations: true }).prefault({}),
});

/** Hyperparameters of PPO followed by evolution strategies, all of them set. */
export type PpoEsOptions = z.infer<typeof ppoEsOptionsSchema>;
