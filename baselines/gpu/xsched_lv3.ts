import { ALWAYS, BY_DISABLE, type GpuStance, RESERVE_HINT, TAKE_TURNS } from "../../kernel/gpu/stance.ts";
import type { Knob } from "../knobs.ts";
import { plannedHeuristic } from "./planned_heuristic.ts";
import type { GpuEntry } from "./types.ts";

/** 0: best-effort groups share by their timeslices, 1: they take turns. Source of the start: XSched has all of them on. */
const TURNS: Knob = { name: "turns", min: 0, max: 1, scale: "linear", start: 0 };

/** Lead over the time that disabling is thought to take. Source of the start: choice. */
const LEAD: Knob = { name: "lead_scale", min: 0.25, max: 4, scale: "log", start: 1 };

/**
 * XSched (OSDI 2025) at level 3: best-effort groups are taken off the GPU through the driver when critical work is there, and
 * let back when none is left.
 */
export const xschedLv3: GpuEntry = {
  name: "xsched-lv3",
  role: "published",
  description: "XSched level 3 (OSDI 2025): best effort is preempted and disabled while critical work is there",
  knobs: [TURNS],
  create: ({ turns }) => plannedHeuristic("xsched-lv3", {}, (_, stance) => disabling(stance, turns)),
};

/** The same ahead of the launch of a request whose preparation is under way. */
export const xschedLv3Hint: GpuEntry = {
  name: "xsched-lv3-hint",
  role: "published",
  description: "XSched level 3, best effort disabled so early that it is gone when a prepared request is launched",
  knobs: [TURNS, LEAD],
  create: ({ turns, lead_scale }) =>
    plannedHeuristic("xsched-lv3-hint", { leadScale: lead_scale }, (_, stance) => {
      disabling(stance, turns);
      stance.reserve.fill(RESERVE_HINT);
    }),
};

function disabling(stance: GpuStance, turns: number): void {
  stance.means.fill(BY_DISABLE);
  stance.turn.fill(turns >= 0.5 ? TAKE_TURNS : ALWAYS);
}
