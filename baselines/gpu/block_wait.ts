import { HOLD_BLOCK } from "../../kernel/gpu/decision.ts";
import { setByClass } from "./group_class.ts";
import { CONTEXTS, SLICE, TURN, TURNS } from "./hardware_settings.ts";
import { holdWhileCritical } from "./hold_while_critical.ts";
import { ruleHeuristic } from "./rule_heuristic.ts";
import type { GpuEntry } from "./types.ts";
import { ANY_DEPTH, limitDepth } from "./xsched_depth.ts";

/**
 * Preemption in software at thread blocks: best-effort kernels are rewritten to poll a flag before every block, and
 * leave when critical work is there. Polling always costs them time.
 */
export const blockWait: GpuEntry = {
  name: "block-wait",
  role: "published",
  description: "EffiSha / FLEP: best-effort kernels poll a flag at every thread block and leave for critical work",
  source: "FLEP (abstract), GPreempt's WB",
  knobs: [ANY_DEPTH, CONTEXTS, SLICE, TURNS, TURN],
  create: (values) =>
    ruleHeuristic("block-wait", (view, decision) => {
      setByClass(view, decision.polling, 0, 1);
      limitDepth(view, decision, values.depth);
      return holdWhileCritical(view, decision, HOLD_BLOCK, values);
    }),
};
