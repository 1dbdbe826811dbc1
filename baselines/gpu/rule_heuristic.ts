import type { GpuDecision } from "../../kernel/gpu/decision.ts";
import type { GpuView } from "../../kernel/gpu/view.ts";
import { heuristicDecision } from "./heuristic_decision.ts";
import type { GpuHeuristic } from "./types.ts";

/** Changes the run's decision to what is wanted at this view. */
export type GpuRule = (view: GpuView) => void;

/**
 * A heuristic from a function that starts a run: it is given the first view and the run's decision, sets what stays
 * constant, and returns the rule for every decision point, the first included; nothing where no setting ever changes.
 */
export function ruleHeuristic(
  name: string,
  // biome-ignore lint/suspicious/noConfusingVoidType: a start that only sets constants has nothing to return.
  start: (view: GpuView, decision: GpuDecision) => GpuRule | void,
): GpuHeuristic {
  let decision: GpuDecision | null = null;
  let rule: GpuRule | undefined;
  return {
    name,
    reset() {
      decision = null;
    },
    decide(view) {
      if (decision === null) {
        decision = heuristicDecision(view.groups);
        rule = start(view, decision) ?? undefined;
      }
      rule?.(view);
      return decision;
    },
  };
}
