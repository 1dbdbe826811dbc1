import { DRM_RING } from "./drm_ring.ts";
import { JobTurns, type TurnOrder } from "./job_turns.ts";
import { topClass } from "./priority_class.ts";
import { ruleHeuristic } from "./rule_heuristic.ts";
import type { GpuEntry } from "./types.ts";

/**
 * Linux's DRM scheduler with round robin: strict priority, and within a priority the clients take turns, each with its
 * oldest job. Source: drivers/gpu/drm/scheduler/sched_main.c, DRM_SCHED_POLICY_RR.
 */
export const drmRr: GpuEntry = {
  name: "drm-rr",
  role: "published",
  description: "Linux DRM scheduler, round robin: whole requests, critical first, clients in turn; two on the ring",
  source: "Linux `sched_main.c`, `amdgpu_drv.c`",
  knobs: [],
  create: () =>
    ruleHeuristic("drm-rr", (first, decision) => {
      const turns = new JobTurns(first, decision, roundRobin(), DRM_RING);
      return (view) => turns.step(view);
    }),
};

function roundRobin(): TurnOrder {
  /** Group that was picked last, by class: each priority has its own queue. */
  const last = [-1, -1];
  return {
    pick(jobs, view) {
      const mayRun = topClass(view, jobs);
      const { groups, critical } = view;
      for (let level = 1; level >= 0; level--) {
        for (let i = 1; i <= groups; i++) {
          const group = (last[level] + i) % groups;
          if (critical[group] !== level || !mayRun(group)) continue;
          last[level] = group;
          return group;
        }
      }
      throw new RangeError("no request waits");
    },
  };
}
