import { MAX_SLICE_US } from "../../kernel/gpu/decision.ts";
import type { Knob } from "../knobs.ts";
import { setByClass } from "./group_class.ts";
import { ruleHeuristic } from "./rule_heuristic.ts";
import type { GpuEntry } from "./types.ts";

const CRITICAL_SLICE: Knob = { name: "critical_slice_us", min: 200, max: 1e6, scale: "log", start: 1024, unit: "us" };
const SLICE: Knob = { name: "slice_us", min: 1, max: 5200, scale: "log", start: 1024, unit: "us" };
const LEVEL: Knob = { name: "critical_level", min: 0, max: 2, scale: "linear", start: 0 };
const MODE: Knob = { name: "mode", min: 0, max: 2, scale: "linear", start: 2 };

/** One setting of timeslices, interleave level and preemption mode for everything: the best there is without looking. */
export const staticGrid: GpuEntry = {
  name: "static",
  role: "static",
  description:
    "one setting of timeslices, interleave level and preemption mode for all workloads, chosen on the training split",
  knobs: [CRITICAL_SLICE, SLICE, LEVEL, MODE],
  create: ({ critical_slice_us, slice_us, critical_level, mode }) =>
    ruleHeuristic("static", (view, decision) => {
      setByClass(view, decision.sliceUs, Math.min(MAX_SLICE_US, critical_slice_us), slice_us);
      setByClass(view, decision.interleave, Math.round(critical_level), 0);
      decision.mode.fill(Math.round(mode));
    }),
};
