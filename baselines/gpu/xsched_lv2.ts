import { HOLD_KERNEL } from "../../kernel/gpu/decision.ts";
import { setByClass } from "./group_class.ts";
import { HOLD_KNOBS, holdWhileCritical } from "./hold_while_critical.ts";
import { ruleHeuristic } from "./rule_heuristic.ts";
import type { GpuEntry } from "./types.ts";
import { DEPTH } from "./xsched_depth.ts";

/**
 * XSched at level 2: kernels in flight behind the running kernel are deactivated, so critical work waits for one
 * kernel. The limit on kernels in flight stays, and so does its cost.
 */
export const xschedLv2: GpuEntry = {
  name: "xsched-lv2",
  role: "published",
  description:
    "XSched level 2 (OSDI 2025): best-effort kernels in flight are deactivated, the running one is waited for",
  source: "the paper",
  knobs: [DEPTH, ...HOLD_KNOBS],
  create: (values) =>
    ruleHeuristic("xsched-lv2", (view, decision) => {
      setByClass(view, decision.depth, 0, Math.round(values.depth));
      return holdWhileCritical(view, decision, HOLD_KERNEL, values);
    }),
};
