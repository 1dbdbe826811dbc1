import { createDecision, type ReadaheadDecision } from "../../kernel/readahead/decision.ts";

/** Time that a heuristic takes to decide, us. Source: PageFlex, an eBPF hook in the fault path costs about 50 ns. */
export const HEURISTIC_US = 0.05;

/** A decision for a heuristic to reuse. It charges the time of a heuristic. */
export function heuristicDecision(): ReadaheadDecision {
  const decision = createDecision();
  decision.microseconds = HEURISTIC_US;
  return decision;
}
