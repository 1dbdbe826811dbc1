import type { GpuDecision } from "../../kernel/gpu/decision.ts";
import type { GpuView } from "../../kernel/gpu/view.ts";
import { heuristicDecision } from "./heuristic_decision.ts";
import type { GpuHeuristic } from "./types.ts";

/** Changes the decision of the run to what the heuristic wants at this view. */
export type GpuRule = (view: GpuView) => void;

/**
 * A heuristic made from a function that starts a run.
 *
 * @param start begins a run: gets the first view and the decision of the run, and sets what stays constant. It returns
 *   the rule for every decision point, the first included, or nothing if no setting ever changes.
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
