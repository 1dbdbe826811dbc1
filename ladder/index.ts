/**
 * The mode ladder: a model of a kernel decision that has to prove itself against the default before it decides.
 *
 * @module
 */

export { ConfidenceSequence } from "./confidence_sequence.ts";
export { LadderError } from "./ladder_error.ts";
export type { Feedback, LadderPolicy, LadderPolicyRun } from "./ladder_policy.ts";
export { type LadderEvent, MlModel, type Operations } from "./ml_model.ts";
export { type BlockReport, type Evidence, ModeMachine, type Transition } from "./mode_machine.ts";
export { type LadderOptions, ladderOptionsSchema } from "./options.ts";
export { MODES, type Mode } from "./states.ts";
