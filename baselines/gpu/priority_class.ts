import type { GpuView } from "../../kernel/gpu/view.ts";
import type { WaitingJobs } from "./job_turns.ts";

/**
 * Returns whether a group may be picked under strict priority: it has a waiting request, and it is critical or no
 * critical request waits.
 */
export function topClass({ groups, critical }: GpuView, { count }: WaitingJobs): (group: number) => boolean {
  let criticalWaits = false;
  for (let g = 0; g < groups; g++) criticalWaits ||= critical[g] === 1 && count[g] > 0;
  return (group) => count[group] > 0 && (!criticalWaits || critical[group] === 1);
}

/**
 * In the class that is served, the group whose request was launched first. Of two at the same time, the lower index.
 */
export function oldestOfTopClass(jobs: WaitingJobs, view: GpuView): number {
  const mayRun = topClass(view, jobs);
  let oldest = -1;
  for (let g = 0; g < view.groups; g++) {
    if (mayRun(g) && (oldest < 0 || jobs.launchOf(g) < jobs.launchOf(oldest))) oldest = g;
  }
  return oldest;
}
