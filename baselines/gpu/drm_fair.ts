import { DRM_RING } from "./drm_ring.ts";
import { JobTurns } from "./job_turns.ts";
import { ruleHeuristic } from "./rule_heuristic.ts";
import type { GpuEntry } from "./types.ts";
import { VruntimeOrder } from "./vruntime_order.ts";

/**
 * Linux's DRM scheduler with the fair policy, the only policy of its present mainline: one queue for all priorities.
 * Virtual time orders the queue and runs faster for a lower priority.
 */
export const drmFair: GpuEntry = {
  name: "drm-fair",
  role: "published",
  description:
    "Linux DRM scheduler, fair: whole requests by least virtual time, critical high, best effort low priority",
  source: "Linux mainline `sched_rq.c`",
  knobs: [],
  create: () =>
    ruleHeuristic("drm-fair", (first, decision) => {
      const turns = new JobTurns(first, decision, new VruntimeOrder(first.critical), DRM_RING);
      return (view) => turns.step(view);
    }),
};
