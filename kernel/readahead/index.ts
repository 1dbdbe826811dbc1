/**
 * The swap-in readahead subsystem: its simulator, what it shows, what it takes, and what it runs on.
 *
 * @module
 */

export { type Heuristic, InvariantError, type Subsystem } from "../subsystem.ts";
export { createDecision as createReadaheadDecision, MAX_READAHEAD, type ReadaheadDecision } from "./decision.ts";
export { DEVICE_PROFILES, type DeviceProfile } from "./device.ts";
export type { ReadaheadOutcome } from "./outcome.ts";
export { readaheadPressure } from "./pressure.ts";
export { ReadaheadKernel } from "./readahead.ts";
export type { ReadaheadScenario } from "./scenario.ts";
export type { ReadaheadView } from "./view.ts";
export type { AccessStream, ReadaheadWorkload, Vma } from "./workload.ts";
