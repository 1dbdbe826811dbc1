import { HOLD_BLOCK, HOLD_NONE } from "../../kernel/gpu/decision.ts";
import type { GpuView } from "../../kernel/gpu/view.ts";
import type { Knob } from "../knobs.ts";
import { criticalWaits, setByClass } from "./group_class.ts";
import { CONTEXTS, hardwareSettings, SLICE, TURN } from "./hardware_settings.ts";
import { ruleHeuristic } from "./rule_heuristic.ts";
import type { GpuEntry } from "./types.ts";
import { ANY_DEPTH, limitDepth } from "./xsched_depth.ts";

/** Time before a launch at which best effort is told to leave. Source of the start: choice. */
const LEAD: Knob = { name: "lead_us", min: 1, max: 1000, scale: "log", start: 20, unit: "us" };

/**
 * `block-wait` with GPreempt's hint: best effort is told to leave so early that it is gone when a prepared request is
 * launched. A waiting kernel keeps the GPU until then. No paper combines the two.
 */
export const blockWaitHint: GpuEntry = {
  name: "block-wait-hint",
  role: "published",
  description: "block-wait with GPreempt's hint: best effort is told to leave before a prepared request is launched",
  source: "no paper has the two together",
  knobs: [LEAD, ANY_DEPTH, CONTEXTS, SLICE, TURN],
  create: (values) =>
    ruleHeuristic("block-wait-hint", (first, decision) => {
      const set = hardwareSettings(first, decision, values);
      const leadNs = values.lead_us * 1000;
      setByClass(first, decision.polling, 0, 1);
      limitDepth(first, decision, values.depth);
      return (view) => {
        set(view);
        const waits = criticalWaits(view);
        let kept = false;
        decision.wakeUp = Number.POSITIVE_INFINITY;
        for (let g = 0; g < view.groups; g++) {
          const from = keptFrom(view, g, leadNs);
          const expected = view.time >= from;
          kept ||= expected;
          if (!expected) decision.wakeUp = Math.min(decision.wakeUp, from);
          // Work that is already launched does not wait for work that is expected.
          decision.spin[g] = expected && !waits ? 1 : 0;
        }
        setByClass(view, decision.hold, HOLD_NONE, waits || kept ? HOLD_BLOCK : HOLD_NONE);
      };
    }),
};

/** Time from which the GPU is reserved for a critical group that prepares a request, ns. Infinity for other groups. */
function keptFrom({ critical, preparing, nextReady }: GpuView, group: number, leadNs: number): number {
  return critical[group] === 1 && preparing[group] > 0 ? nextReady[group] - leadNs : Number.POSITIVE_INFINITY;
}
