import type { GpuDecision } from "../../kernel/gpu/decision.ts";
import { HOLD_NONE } from "../../kernel/gpu/decision.ts";
import { criticalWaits, setByClass } from "./group_class.ts";
import type { GpuRule } from "./rule_heuristic.ts";

/** The rule that holds best effort as `hold` says while a critical request is launched and not done, and lets it go after. */
export function holdWhileCritical(decision: GpuDecision, hold: number): GpuRule {
  return (view) => setByClass(view, decision.hold, HOLD_NONE, criticalWaits(view) ? hold : HOLD_NONE);
}
