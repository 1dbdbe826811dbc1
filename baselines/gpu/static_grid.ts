import { CONTEXTS, MEANS, RELEASES, RESERVES, TURNS } from "../../kernel/gpu/stance.ts";
import type { Knob } from "../knobs.ts";
import { plannedHeuristic } from "./planned_heuristic.ts";
import type { GpuEntry } from "./types.ts";

const SLICE: Knob = { name: "slice_us", min: 1, max: 1024, scale: "log", start: 1, unit: "us" };
const LEAD: Knob = { name: "lead_scale", min: 0.25, max: 4, scale: "log", start: 1 };

/**
 * One intention for all groups and all the time. It has every lever of the environment's actions except those that the
 * planner works out from profiles. So it is the best policy that does not look at the state. Numbers of alternatives
 * are rounded.
 */
export const staticGrid: GpuEntry = {
  name: "static",
  role: "static",
  description:
    "one choice of every lever of the environment for all groups and workloads, chosen on the training split",
  knobs: [
    alternatives("means", MEANS.indexOf("auto")),
    alternatives("mode", 3),
    SLICE,
    alternatives("turn", TURNS.length - 1),
    alternatives("reserve", RESERVES.length),
    alternatives("release", RELEASES.length),
    alternatives("context", CONTEXTS.length),
    LEAD,
  ],
  create: ({ means, mode, slice_us, turn, reserve, release, context, lead_scale }) =>
    plannedHeuristic("static", { leadScale: lead_scale }, (view, stance) => {
      stance.means.fill(Math.round(means));
      stance.mode.fill(Math.round(mode));
      for (let g = 0; g < view.groups; g++) if (view.critical[g] === 0) stance.sliceUs[g] = slice_us;
      stance.turn.fill(Math.round(turn));
      stance.reserve.fill(Math.round(reserve));
      stance.release.fill(Math.round(release));
      stance.context.fill(Math.round(context));
    }),
};

/** Knob for the number of one of `count` alternatives. The search starts at the first. */
function alternatives(name: string, count: number): Knob {
  return { name, min: 0, max: count - 1, scale: "linear", start: 0 };
}
