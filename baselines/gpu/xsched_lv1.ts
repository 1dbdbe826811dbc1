import { HOLD_IN_FLIGHT } from "../../kernel/gpu/decision.ts";
import type { Knob } from "../knobs.ts";
import { setByClass } from "./group_class.ts";
import { HOLD_KNOBS, holdWhileCritical } from "./hold_while_critical.ts";
import { ruleHeuristic } from "./rule_heuristic.ts";
import type { GpuEntry } from "./types.ts";
import { DEPTH } from "./xsched_depth.ts";

/** Source of the start: choice. Critical work waits for the paper's 8; a single one leaves gaps between launches. */
const FEW: Knob = { ...DEPTH, start: 2 };

/**
 * XSched at level 1, which needs no support from the hardware: few best-effort commands are in flight, and none is
 * launched while critical work is there. Critical work waits for those in flight.
 */
export const xschedLv1: GpuEntry = {
  name: "xsched-lv1",
  role: "published",
  description:
    "XSched level 1 (OSDI 2025): few best-effort kernels in flight, none launched while critical work is there",
  source: "the paper has 8 in flight",
  knobs: [FEW, ...HOLD_KNOBS],
  create: (values) =>
    ruleHeuristic("xsched-lv1", (view, decision) => {
      setByClass(view, decision.depth, 0, Math.round(values.depth));
      return holdWhileCritical(view, decision, HOLD_IN_FLIGHT, values);
    }),
};
