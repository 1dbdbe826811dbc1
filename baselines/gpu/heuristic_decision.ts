import { createDecision, type GpuDecision } from "../../kernel/gpu/decision.ts";

/** Time that a heuristic takes to decide, us. Source: choice, a rule in the driver or in a shim under the client. */
export const HEURISTIC_US = 1;

/**
 * A decision for a heuristic to reuse. It charges the time of a heuristic and leaves everything else to the hardware.
 */
export function heuristicDecision(groups: number): GpuDecision {
  const decision = createDecision(groups);
  decision.microseconds = HEURISTIC_US;
  return decision;
}
