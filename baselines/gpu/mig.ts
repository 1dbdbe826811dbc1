import { SHARING_PARTITION } from "../../kernel/gpu/decision.ts";
import type { Knob } from "../knobs.ts";
import { criticalGroups, setByClass } from "./group_class.ts";
import { ruleHeuristic } from "./rule_heuristic.ts";
import type { GpuEntry } from "./types.ts";

/** Slices a GPU is divided into. Source: NVIDIA, MIG on A100 and H100. */
const SLICES = 7;

/** Slices of critical groups. Source of the start: choice, half of the GPU as nearly as MIG can. */
const CRITICAL: Knob = { name: "critical", min: 1, max: SLICES - 1, scale: "linear", start: 3, unit: "of 7" };

/**
 * MIG-like partition: critical groups have so many sevenths of the GPU, best effort the others, equal parts within a class.
 * Where there are more groups than sevenths the parts are smaller than MIG could make them.
 */
export const mig: GpuEntry = {
  name: "mig",
  role: "published",
  description: "MIG-like: a fixed part of the GPU for critical groups, the rest for best effort, nobody uses another's",
  source: "NVIDIA MIG, seven slices; the division is a choice",
  knobs: [CRITICAL],
  create: (values) =>
    ruleHeuristic("mig", (view, decision) => {
      decision.sharing = SHARING_PARTITION;
      const critical = criticalGroups(view);
      const bestEffort = view.groups - critical;
      const part = bestEffort === 0 ? 1 : Math.round(values.critical) / SLICES;
      setByClass(view, decision.share, part / critical, (critical === 0 ? 1 : 1 - part) / bestEffort);
    }),
};
