import { createDecision, type GpuDecision } from "../../kernel/gpu/decision.ts";

/** Time a heuristic takes to decide, us. Source: choice, a rule in the driver or in a shim under the client. */
export const HEURISTIC_US = 1;

/** A decision to be reused that is charged a heuristic's time, and so far leaves everything to the hardware. */
export function heuristicDecision(groups: number): GpuDecision {
  const decision = createDecision(groups);
  decision.microseconds = HEURISTIC_US;
  return decision;
}
