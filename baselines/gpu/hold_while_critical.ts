import { type GpuDecision, HOLD_NONE } from "../../kernel/gpu/decision.ts";
import type { GpuView } from "../../kernel/gpu/view.ts";
import type { KnobValues } from "../knobs.ts";
import { criticalWaits, setByClass } from "./group_class.ts";
import { CRITICAL_SLICE, hardwareSettings, SLICE, TURN, TURNS } from "./hardware_settings.ts";
import type { GpuRule } from "./rule_heuristic.ts";

/**
 * Settings of the hardware in addition to holding. Preemption modes hardly matter, because a held group leaves by
 * itself.
 */
export const HOLD_KNOBS = [CRITICAL_SLICE, SLICE, TURNS, TURN] as const;

/**
 * The rule that holds best effort in the way `hold` says while a critical request is launched and not done, and
 * releases it afterwards.
 *
 * @param values of `HOLD_KNOBS`
 */
export function holdWhileCritical(first: GpuView, decision: GpuDecision, hold: number, values: KnobValues): GpuRule {
  const set = hardwareSettings(first, decision, values);
  return (view) => {
    set(view);
    setByClass(view, decision.hold, HOLD_NONE, criticalWaits(view) ? hold : HOLD_NONE);
  };
}
