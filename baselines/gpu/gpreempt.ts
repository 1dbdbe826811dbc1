import { RESERVE_HINT } from "../../kernel/gpu/stance.ts";
import type { Knob } from "../knobs.ts";
import { setByClass } from "./group_class.ts";
import { plannedHeuristic } from "./planned_heuristic.ts";
import type { GpuEntry } from "./types.ts";

/** Timeslice of best-effort groups. Source of the start: GPreempt's artifact, 1 us; its paper says 200 us. */
const SLICE: Knob = { name: "slice_us", min: 1, max: 1024, scale: "log", start: 1, unit: "us" };

/** How long one best-effort group is on. Source of the start: choice. */
const TURN: Knob = { name: "turn_ms", min: 1, max: 50, scale: "log", start: 10, unit: "ms" };

/** Time before a launch at which the GPU is taken. Source of the start: SWITCH_TIME of GPreempt's artifact. */
const LEAD: Knob = { name: "lead_us", min: 10, max: 1000, scale: "log", start: 100, unit: "us" };

/**
 * GPreempt (ATC 2025): critical groups have a timeslice that does not end, best-effort groups, of which one is enabled at a time,
 * the shortest: as soon as critical work is there the hardware itself preempts.
 */
export const gpreempt: GpuEntry = {
  name: "gpreempt",
  role: "published",
  description: "GPreempt (ATC 2025): best effort with the shortest timeslice, one group enabled at a time",
  knobs: [SLICE, TURN],
  create: ({ slice_us, turn_ms }) =>
    plannedHeuristic("gpreempt", { turnNs: turn_ms * 1e6 }, (view, stance) => {
      setByClass(view, stance.sliceUs, stance.sliceUs[view.critical.indexOf(1)] ?? slice_us, slice_us);
    }),
};

/** The same with its hint: a waiting kernel takes the GPU shortly before a request is launched. */
export const gpreemptHint: GpuEntry = {
  name: "gpreempt-hint",
  role: "published",
  description: "GPreempt with its hint: a waiting kernel takes the GPU shortly before a prepared request is launched",
  knobs: [SLICE, TURN, LEAD],
  create: ({ slice_us, turn_ms, lead_us }) =>
    plannedHeuristic(
      "gpreempt-hint",
      { turnNs: turn_ms * 1e6, leadScale: 0, marginNs: lead_us * 1000 },
      (view, stance) => {
        setByClass(view, stance.sliceUs, stance.sliceUs[view.critical.indexOf(1)] ?? slice_us, slice_us);
        stance.reserve.fill(RESERVE_HINT);
      },
    ),
};
