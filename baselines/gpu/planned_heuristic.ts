import { GpuPlanner, PLANNER_SETTINGS, type PlannerSettings } from "../../kernel/gpu/planner.ts";
import { createStance, type GpuStance } from "../../kernel/gpu/stance.ts";
import type { GpuView } from "../../kernel/gpu/view.ts";
import { HEURISTIC_US } from "./heuristic_decision.ts";
import type { GpuHeuristic } from "./types.ts";

/** Changes the stance of the run to what the heuristic wants at this view. */
export type StanceRule = (view: GpuView) => void;

/**
 * A heuristic that states its intention and leaves the timing to a planner.
 *
 * @param start begins a run: gets the first view, the stance of the run and its planner, and sets what stays constant.
 *   It returns the rule for every decision point, the first included, or nothing if nothing ever changes.
 */
export function plannedHeuristic(
  name: string,
  settings: Partial<PlannerSettings>,
  // biome-ignore lint/suspicious/noConfusingVoidType: a start that only sets constants has nothing to return.
  start: (view: GpuView, stance: GpuStance, planner: GpuPlanner) => StanceRule | void,
): GpuHeuristic {
  const planner = new GpuPlanner({ ...PLANNER_SETTINGS, ...settings });
  let stance: GpuStance | null = null;
  let rule: StanceRule | undefined;
  return {
    name,
    reset() {
      planner.reset();
      stance = null;
    },
    decide(view) {
      if (stance === null) {
        stance = createStance(view.critical);
        rule = start(view, stance, planner) ?? undefined;
      }
      rule?.(view);
      const decision = planner.plan(view, stance);
      decision.microseconds = HEURISTIC_US;
      return decision;
    },
  };
}
