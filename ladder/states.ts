/**
 * Modes of the ladder, in the RFC's order (`enum ml_lib_system_mode`), by the share of operations that the policy
 * decides. `unknown`: there is no model. `emergency`: the default decides every operation and the policy is not even
 * asked. `learning`: the policy decides some operations, and each of them is checked. `collaboration`: half of them.
 * `recommendation`: nearly all.
 */
export const MODES = ["unknown", "emergency", "learning", "collaboration", "recommendation"] as const;
/** One of the modes. */
export type Mode = (typeof MODES)[number];

/** States of a model, in the RFC's order (`ML_LIB_MODEL_CREATED` and so on). */
const MODEL_STATES = ["unknown", "created", "initialized", "started", "running", "stopped", "shutting-down"] as const;
/** One of the states of a model. */
export type ModelState = (typeof MODEL_STATES)[number];

/** States of a dataset, in the RFC's order. Nothing here sets `unknown` or `corrupted`. */
const DATASET_STATES = [
  "unknown",
  "allocated",
  "clean",
  "extracted-partially",
  "extracted-completely",
  "obsolete",
  "extraction-failure",
  "corrupted",
] as const;
/** One of the states of a dataset. */
export type DatasetState = (typeof DATASET_STATES)[number];
