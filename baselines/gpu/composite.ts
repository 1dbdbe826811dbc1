import { INSTRUCTION, THREAD_BLOCK } from "../../kernel/gpu/architecture.ts";
import type { GpuPlanner } from "../../kernel/gpu/planner.ts";
import {
  BY_DISABLE,
  BY_GATE,
  BY_TIMESLICE,
  type GpuStance,
  RELEASE_RESIDENT,
  RESERVE_HINT,
  RESERVE_TIGHT,
} from "../../kernel/gpu/stance.ts";
import type { GpuView } from "../../kernel/gpu/view.ts";
import type { Knob } from "../knobs.ts";
import { plannedHeuristic } from "./planned_heuristic.ts";
import type { GpuEntry } from "./types.ts";

/** Part of the time-weighted kernel length below which thread blocks are waited for and not saved. Source: tuned. */
const BLOCK: Knob = { name: "block_share", min: 0.02, max: 1, scale: "log", start: 0.19 };

/** Time that gating has to gain, over a switch, to be worth its overhead. Source: tuned. */
const GATE: Knob = { name: "gate_switches", min: 0.1, max: 10, scale: "log", start: 1 };

/** Regularity of arrivals, deviation over gap, up to which the next one is expected. Source: tuned. */
const REGULAR: Knob = { name: "regular", min: 0.01, max: 1, scale: "log", start: 0.1 };

/** Control latencies a request must be long for the order of critical groups to matter. Source: tuned. */
const ORDER: Knob = { name: "order_controls", min: 0.1, max: 100, scale: "log", start: 5 };

const LEAD: Knob = { name: "lead_scale", min: 0.25, max: 4, scale: "log", start: 1 };

/** Shortest and longest timeslices that best-effort groups are given, us. */
const SHORTEST_US = 1;

/**
 * The rule that a person writes who has all levers: takes each best-effort group off by what is fastest for it, waits for
 * thread blocks where kernels are short, keeps the GPU ahead of prepared and regular requests, lets best effort back as soon
 * as critical work is on the GPU, and among critical requests puts hopeless ones last and long ones first.
 */
export const composite: GpuEntry = {
  name: "composite",
  role: "hand-rule",
  description:
    "the fastest way off the GPU for each group, hints, regular arrivals, hopeless requests last, long ones first",
  knobs: [BLOCK, GATE, REGULAR, ORDER, LEAD],
  create: ({ block_share, gate_switches, regular, order_controls, lead_scale }) =>
    plannedHeuristic("composite", { leadScale: lead_scale }, (view, stance, planner) => {
      stance.release.fill(RELEASE_RESIDENT);
      for (let g = 0; g < view.groups; g++) {
        if (view.critical[g] === 1) continue;
        stance.mode[g] = modeOf(view, g, block_share);
        stance.sliceUs[g] = SHORTEST_US;
        stance.means[g] = fastest(view, stance, planner, g, gate_switches);
      }
      return (now) => {
        const lead = planner.lead(now, stance);
        for (let g = 0; g < now.groups; g++) {
          if (now.critical[g] === 0) continue;
          const predicts = now.prepNs[g] < lead && now.gapDeviationNs[g] < regular * now.gapNs[g];
          stance.reserve[g] = predicts ? RESERVE_TIGHT : RESERVE_HINT;
          stance.order[g] = orderOf(now, g, order_controls);
        }
      };
    }),
};

function modeOf(view: GpuView, g: number, blockShare: number): number {
  const { saveNs } = view.architecture;
  const saves = view.instructionPreemption[g] === 1 && blockShare * view.weightedKernelNs[g] > saveNs;
  return saves ? INSTRUCTION : THREAD_BLOCK;
}

function fastest(view: GpuView, stance: GpuStance, planner: GpuPlanner, g: number, gateSwitches: number): number {
  const { baseNs, saveNs } = view.architecture;
  let best = BY_TIMESLICE;
  let bestNs = Number.POSITIVE_INFINITY;
  for (const means of [BY_TIMESLICE, BY_DISABLE, BY_GATE]) {
    stance.means[g] = means;
    const overhead = means === BY_GATE ? gateSwitches * (baseNs + saveNs) : 0;
    const ns = planner.leaveNs(view, stance, g) + overhead;
    if (ns < bestNs) {
      best = means;
      bestNs = ns;
    }
  }
  return best;
}

/** Hopeless requests last, then long ones first; all alike where reordering takes longer than it could gain. */
function orderOf(view: GpuView, g: number, orderControls: number): number {
  if (view.queued[g] === 0) return 0;
  if (view.headExpectedNs[g] < orderControls * view.controlNs) return 0;
  const left = Math.max(0, view.headExpectedNs[g] - view.headServedNs[g]);
  return view.time + left > view.headDeadline[g] ? -1 : view.headExpectedNs[g];
}
