import { setByClass } from "./group_class.ts";
import { ruleHeuristic } from "./rule_heuristic.ts";
import type { GpuEntry } from "./types.ts";

/** Best effort never runs: this shows how early critical requests can finish at all. */
export const lcOnly: GpuEntry = {
  name: "lc-only",
  role: "simple",
  description: "best-effort groups are disabled: the least lateness there can be",
  knobs: [],
  create: () => ruleHeuristic("lc-only", (view, { enabled }) => setByClass(view, enabled, 1, 0)),
};
