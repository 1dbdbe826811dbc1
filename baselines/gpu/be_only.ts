import { setByClass } from "./group_class.ts";
import { ruleHeuristic } from "./rule_heuristic.ts";
import type { GpuEntry } from "./types.ts";

/** Critical groups never run: this shows how much best-effort work is possible at all. */
export const beOnly: GpuEntry = {
  name: "be-only",
  role: "simple",
  description: "critical groups are disabled: the most best-effort work there can be",
  knobs: [],
  create: () => ruleHeuristic("be-only", (view, { enabled }) => setByClass(view, enabled, 0, 1)),
};
