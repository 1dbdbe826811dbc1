import { JobTurns } from "./job_turns.ts";
import { oldestOfTopClass } from "./priority_class.ts";
import { ruleHeuristic } from "./rule_heuristic.ts";
import type { GpuEntry } from "./types.ts";

/** A semaphore around whole requests: SEQ of the GPreempt paper. Critical requests are first in the queue. */
export const sequential: GpuEntry = {
  name: "sequential",
  role: "published",
  description: "SEQ (GPreempt, ATC 2025): one whole request after another, critical first, nothing preempted",
  source: "GPreempt",
  knobs: [],
  create: () =>
    ruleHeuristic("sequential", (first, decision) => {
      const turns = new JobTurns(first, decision, { pick: oldestOfTopClass });
      return (view) => turns.step(view);
    }),
};
