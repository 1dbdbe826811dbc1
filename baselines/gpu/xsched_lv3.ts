import {
  ALWAYS,
  BY_DISABLE,
  type GpuStance,
  RELEASE_DONE,
  RELEASE_RESIDENT,
  RESERVE_HINT,
  TAKE_TURNS,
} from "../../kernel/gpu/stance.ts";
import type { Knob, KnobValues } from "../knobs.ts";
import { MODE, TURN, TURNS } from "./hardware_settings.ts";
import { plannedHeuristic } from "./planned_heuristic.ts";
import type { GpuEntry } from "./types.ts";

/**
 * When best effort is let back. 0: as soon as critical work is on the GPU, where its timeslice keeps it. 1: when no
 * critical work is left, as in XSched. Source of the start: choice.
 */
const RELEASE: Knob = { name: "release", min: 0, max: 1, scale: "linear", start: 0 };

/** Lead relative to the predicted time of disabling. Source of the start: choice. */
const LEAD: Knob = { name: "lead_scale", min: 0.25, max: 4, scale: "log", start: 1 };

/**
 * XSched (OSDI 2025) at level 3: the driver takes best-effort groups off the GPU when critical work is there, and lets
 * them back when none is left. XSched enables all of them at once: `turns` 0.
 */
export const xschedLv3: GpuEntry = {
  name: "xsched-lv3",
  role: "published",
  description: "XSched level 3 (OSDI 2025): best effort is preempted and disabled while critical work is there",
  source: "the paper, which releases when critical work is done",
  knobs: [TURNS, TURN, MODE, RELEASE],
  create: (values) =>
    plannedHeuristic("xsched-lv3", { turnNs: values.turn_ms * 1e6 }, (_, stance) => disabling(stance, values)),
};

/** XSched at level 3 that acts ahead of the launch of a request whose preparation is under way. */
export const xschedLv3Hint: GpuEntry = {
  name: "xsched-lv3-hint",
  role: "published",
  description: "XSched level 3, best effort disabled so early that it is gone when a prepared request is launched",
  source: "the hint is GPreempt's",
  knobs: [TURNS, TURN, MODE, LEAD, RELEASE],
  create: (values) =>
    plannedHeuristic("xsched-lv3-hint", { turnNs: values.turn_ms * 1e6, leadScale: values.lead_scale }, (_, stance) => {
      disabling(stance, values);
      stance.reserve.fill(RESERVE_HINT);
    }),
};

function disabling(stance: GpuStance, { turns, mode, release }: KnobValues): void {
  stance.means.fill(BY_DISABLE);
  stance.turn.fill(turns >= 0.5 ? TAKE_TURNS : ALWAYS);
  stance.mode.fill(Math.round(mode));
  stance.release.fill(release >= 0.5 ? RELEASE_DONE : RELEASE_RESIDENT);
}
