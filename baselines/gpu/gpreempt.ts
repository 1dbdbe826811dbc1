import { RESERVE_HINT } from "../../kernel/gpu/stance.ts";
import type { Knob } from "../knobs.ts";
import { setByClass } from "./group_class.ts";
import { MODE, SLICE, TURN } from "./hardware_settings.ts";
import { plannedHeuristic } from "./planned_heuristic.ts";
import type { GpuEntry } from "./types.ts";

/** Time before a launch at which the GPU is taken. Source of the start: SWITCH_TIME of GPreempt's artifact. */
const LEAD: Knob = { name: "lead_us", min: 10, max: 1000, scale: "log", start: 100, unit: "us" };

/**
 * GPreempt (ATC 2025): critical groups have a timeslice that does not end. Best-effort groups have the shortest
 * timeslice, and one of them is enabled at a time. So the hardware itself preempts as soon as critical work is there.
 */
export const gpreempt: GpuEntry = {
  name: "gpreempt",
  role: "published",
  description: "GPreempt (ATC 2025): best effort with the shortest timeslice, one group enabled at a time",
  source: "paper (200 us) and artifact (1 us)",
  knobs: [SLICE, TURN, MODE],
  create: ({ slice_us, turn_ms, mode }) =>
    plannedHeuristic("gpreempt", { turnNs: turn_ms * 1e6 }, (view, stance) => {
      setByClass(view, stance.sliceUs, stance.sliceUs[view.critical.indexOf(1)] ?? slice_us, slice_us);
      stance.mode.fill(Math.round(mode));
    }),
};

/** GPreempt with its hint: a waiting kernel takes the GPU shortly before a request is launched. */
export const gpreemptHint: GpuEntry = {
  name: "gpreempt-hint",
  role: "published",
  description: "GPreempt with its hint: a waiting kernel takes the GPU shortly before a prepared request is launched",
  source: "artifact: 100 us before",
  knobs: [SLICE, TURN, MODE, LEAD],
  create: ({ slice_us, turn_ms, mode, lead_us }) =>
    plannedHeuristic(
      "gpreempt-hint",
      { turnNs: turn_ms * 1e6, leadScale: 0, marginNs: lead_us * 1000 },
      (view, stance) => {
        setByClass(view, stance.sliceUs, stance.sliceUs[view.critical.indexOf(1)] ?? slice_us, slice_us);
        stance.mode.fill(Math.round(mode));
        stance.reserve.fill(RESERVE_HINT);
      },
    ),
};
