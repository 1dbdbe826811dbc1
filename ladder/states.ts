/**
 * Modes of the ladder, in the RFC's order (`enum ml_lib_system_mode`), by which share of the operations the agent decides.
 * `unknown`: no model. `emergency`: the default decides everything and the agent is not even asked. `learning`: some operations,
 * each of them checked. `collaboration`: half of them. `recommendation`: nearly all.
 */
export const MODES = ["unknown", "emergency", "learning", "collaboration", "recommendation"] as const;
export type Mode = (typeof MODES)[number];

/** States of a model, in the RFC's order (`ML_LIB_MODEL_CREATED` and so on). */
export const MODEL_STATES = [
  "unknown",
  "created",
  "initialized",
  "started",
  "running",
  "stopped",
  "shutting-down",
] as const;
export type ModelState = (typeof MODEL_STATES)[number];

/** States of a dataset, in the RFC's order. Nothing here makes one `unknown` or `corrupted`. */
export const DATASET_STATES = [
  "unknown",
  "allocated",
  "clean",
  "extracted-partially",
  "extracted-completely",
  "obsolete",
  "extraction-failure",
  "corrupted",
] as const;
export type DatasetState = (typeof DATASET_STATES)[number];
