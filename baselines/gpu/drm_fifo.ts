import { DRM_RING } from "./drm_ring.ts";
import { JobTurns } from "./job_turns.ts";
import { oldestOfTopClass } from "./priority_class.ts";
import { ruleHeuristic } from "./rule_heuristic.ts";
import type { GpuEntry } from "./types.ts";

/**
 * Linux's DRM scheduler with its long-time default policy: strict priority, and within a priority the job that was
 * submitted first. A job is a request. Source: drivers/gpu/drm/scheduler/sched_main.c, DRM_SCHED_POLICY_FIFO.
 */
export const drmFifo: GpuEntry = {
  name: "drm-fifo",
  role: "published",
  description: "Linux DRM scheduler, FIFO: whole requests, critical first, then the oldest; two on the ring",
  source: "Linux `sched_main.c`, `amdgpu_drv.c`",
  knobs: [],
  create: () =>
    ruleHeuristic("drm-fifo", (first, decision) => {
      const turns = new JobTurns(first, decision, { pick: oldestOfTopClass }, DRM_RING);
      return (view) => turns.step(view);
    }),
};
