import { z } from "zod";
import { esOptionsSchema } from "./es_options.ts";
import { ppoOptionsSchema } from "./ppo_options.ts";

/** Hyperparameters of PPO followed by evolution strategies. */
export const ppoEsOptionsSchema = z.strictObject({
  /** Steps of the first part. */
  ppoSteps: z.int().positive().default(100_000),
  /** Of the first part. Observations are not normalised, so that both see the same. */
  ppo: ppoOptionsSchema.extend({ normalizeObservations: z.literal(false) }).prefault({ normalizeObservations: false }),
  /** Of the second, which goes on with the first one's network. */
  es: esOptionsSchema.omit({ network: true, hidden: true, normalizeObservations: true }).prefault({}),
});

/** Hyperparameters of PPO followed by evolution strategies, all of them set. */
export type PpoEsOptions = z.infer<typeof ppoEsOptionsSchema>;
