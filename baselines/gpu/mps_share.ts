import { SHARING_SHARES } from "../../kernel/gpu/decision.ts";
import type { Knob } from "../knobs.ts";
import { criticalGroups, setByClass } from "./group_class.ts";
import { ruleHeuristic } from "./rule_heuristic.ts";
import type { GpuEntry } from "./types.ts";

/** Share of the multiprocessors that best-effort clients together cannot use. */
const CRITICAL: Knob = { name: "critical", min: 0.1, max: 0.95, scale: "linear", start: 0.5 };

/**
 * MPS with active thread percentages: best-effort clients divide the rest equally, and each is limited to its part.
 * Critical clients are not limited. Source of the mechanism: NVIDIA MPS; the division is a choice.
 */
export const mpsShare: GpuEntry = {
  name: "mps-share",
  role: "published",
  description: "MPS with active thread percentages: best-effort clients divide what is not kept for critical ones",
  source: "NVIDIA MPS; the division is a choice",
  knobs: [CRITICAL],
  create: (values) =>
    ruleHeuristic("mps-share", (view, decision) => {
      decision.sharing = SHARING_SHARES;
      const bestEffort = view.groups - criticalGroups(view);
      setByClass(view, decision.share, 1, (1 - values.critical) / Math.max(1, bestEffort));
    }),
};
