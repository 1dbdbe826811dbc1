import { switchNs, THREAD_BLOCK } from "../../kernel/gpu/architecture.ts";
import type { GpuDecision } from "../../kernel/gpu/decision.ts";
import type { GpuView } from "../../kernel/gpu/view.ts";
import type { Knob, KnobValues } from "../knobs.ts";
import { CRITICAL_SLICE, hardwareSettings, MODE, SLICE, TURN, TURNS } from "./hardware_settings.ts";
import type { GpuRule } from "./rule_heuristic.ts";

/** Preemption mode. Source of the start: choice, slightly the best on the training workloads. */
const BLOCKS: Knob = { ...MODE, start: THREAD_BLOCK };

/** Settings of the hardware in addition to enable bits. */
export const GATE_KNOBS = [CRITICAL_SLICE, SLICE, TURNS, TURN, BLOCKS] as const;

/**
 * The rule that lets one critical request through at a time, by enable bits: the request with the least `urgency`.
 * Another request replaces it only if it is more urgent by more than a switch takes. Best effort is enabled while no
 * critical request waits.
 *
 * @param values of `GATE_KNOBS`
 * @param urgency ns, of the oldest launched request of a group; the least is the most urgent
 */
export function requestGate(
  first: GpuView,
  decision: GpuDecision,
  values: KnobValues,
  urgency: (view: GpuView, group: number) => number,
): GpuRule {
  const set = hardwareSettings(first, decision, values);
  let chosen = -1;
  /** Requests that the chosen group had completed when it was chosen. Its next request has to be chosen anew. */
  let completed = 0;
  return (view) => {
    if (chosen >= 0 && (view.queued[chosen] === 0 || view.completed[chosen] !== completed)) chosen = -1;
    const rival = mostUrgent(view, urgency);
    const gain = chosen < 0 || rival < 0 ? 0 : urgency(view, chosen) - urgency(view, rival);
    if (chosen < 0 || gain > switchNs(view.architecture)) {
      chosen = rival;
      if (chosen >= 0) completed = view.completed[chosen];
    }
    set(view);
    for (let g = 0; g < view.groups; g++) {
      if (chosen >= 0) decision.enabled[g] = g === chosen ? 1 : 0;
      else if (view.critical[g] === 1) decision.enabled[g] = 1;
    }
  };
}

/** The critical group whose request is the most urgent; -1 for none. */
function mostUrgent(view: GpuView, urgency: (view: GpuView, group: number) => number): number {
  let best = -1;
  for (let g = 0; g < view.groups; g++) {
    if (view.critical[g] === 0 || view.queued[g] === 0) continue;
    if (best < 0 || urgency(view, g) < urgency(view, best)) best = g;
  }
  return best;
}
