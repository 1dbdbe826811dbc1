/**
 * The GPU preemption subsystem: its simulator, what it shows, what it takes, and what it runs on.
 *
 * @module
 */

export { type Heuristic, InvariantError, type Subsystem } from "../subsystem.ts";
export { ARCHITECTURES, findArchitecture, type GpuArchitecture } from "./architecture.ts";
export { createDecision as createGpuDecision, type GpuDecision } from "./decision.ts";
export { GpuKernel } from "./gpu.ts";
export type { GpuOutcome } from "./outcome.ts";
export { gpuPressure } from "./pressure.ts";
export type { GpuScenario } from "./scenario.ts";
export { GPU_EVENTS, type GpuEvent, type GpuView } from "./view.ts";
export {
  type GpuGroup,
  type GpuWorkload,
  type KernelSequence,
  type KernelSequenceDetails,
  kernelSequence,
  MAX_GROUPS,
} from "./workload.ts";
