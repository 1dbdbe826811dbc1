import { switchNs } from "../../kernel/gpu/architecture.ts";
import {
  AUTO_MODE,
  BY_AUTO,
  CONTEXT_SHARED,
  ORDER_AUTO,
  RELEASE_RESIDENT,
  RESERVE_HINT,
  RESERVE_TIGHT,
} from "../../kernel/gpu/stance.ts";
import type { Knob } from "../knobs.ts";
import { plannedHeuristic } from "./planned_heuristic.ts";
import type { GpuEntry } from "./types.ts";

/** Weight of an instruction-level switch relative to the same time spent on waiting for thread blocks. */
const SAVE: Knob = { name: "save_weight", min: 0.1, max: 10, scale: "log", start: 1 };

/** Time that a way off the GPU must gain to be worth its overhead (limited launches, polled flags), in switches. */
const OVERHEAD: Knob = { name: "overhead_switches", min: 0.01, max: 10, scale: "log", start: 1 };

/** Regularity of arrivals, deviation over gap, up to which the next arrival is predicted. */
const REGULAR: Knob = { name: "regular", min: 0.001, max: 1, scale: "log", start: 0.01 };

/** Length of a request, in control latencies, from which a hopeless request is put behind others. */
const ORDER: Knob = { name: "order_controls", min: 0.1, max: 1000, scale: "log", start: 10 };

/** Longest thread block of best effort, in switches, with which all groups share one context. */
const SHARED: Knob = { name: "shared_blocks", min: 0.01, max: 10, scale: "log", start: 0.5 };

const LEAD: Knob = { name: "lead_scale", min: 0.25, max: 4, scale: "log", start: 1 };

/** Timeslice of best-effort groups, us: the shortest. */
const SLICE_US = 1;

/**
 * The hand rule with all levers. It takes each best-effort group off the GPU in the way that is fastest for this group:
 * it compares the time to save registers with the time to wait for thread blocks. It reserves the GPU ahead of prepared
 * and regular requests. It lets best effort back as soon as critical work is on the GPU. It shares one context where
 * thread blocks are short. It puts critical requests that cannot be in time behind others.
 */
export const composite: GpuEntry = {
  name: "composite",
  role: "hand-rule",
  description: "the fastest way off the GPU for each group, hints, regular arrivals, hopeless requests last",
  source: "ours",
  knobs: [SAVE, OVERHEAD, REGULAR, ORDER, SHARED, LEAD],
  create: ({ save_weight, overhead_switches, regular, order_controls, shared_blocks, lead_scale }) =>
    plannedHeuristic(
      "composite",
      {
        leadScale: lead_scale,
        saveWeight: save_weight,
        overheadSwitches: overhead_switches,
        orderControls: order_controls,
      },
      (view, stance, planner) => {
        stance.release.fill(RELEASE_RESIDENT);
        stance.order.fill(ORDER_AUTO);
        let longest = 0;
        for (let g = 0; g < view.groups; g++) {
          if (view.critical[g] === 1) continue;
          stance.mode[g] = AUTO_MODE;
          stance.sliceUs[g] = SLICE_US;
          stance.means[g] = BY_AUTO;
          longest = Math.max(longest, view.blockNs[g]);
        }
        if (longest < shared_blocks * switchNs(view.architecture)) {
          stance.context.fill(CONTEXT_SHARED);
        }
        return (now) => {
          const lead = planner.lead(now, stance);
          for (let g = 0; g < now.groups; g++) {
            if (now.critical[g] === 0) continue;
            const predicts = now.prepNs[g] < lead && now.gapDeviationNs[g] < regular * now.gapNs[g];
            stance.reserve[g] = predicts ? RESERVE_TIGHT : RESERVE_HINT;
          }
        };
      },
    ),
};
