import { SHARING_PARTITION } from "../../kernel/gpu/decision.ts";
import type { Knob } from "../knobs.ts";
import { criticalGroups, setByClass } from "./group_class.ts";
import { ruleHeuristic } from "./rule_heuristic.ts";
import type { GpuEntry } from "./types.ts";

/** Slices into which a GPU is divided. Source: NVIDIA, MIG on A100 and H100. */
const SLICES = 7;

/** Slices of critical groups. Source of the start: choice, as near to half of the GPU as MIG allows. */
const CRITICAL: Knob = { name: "critical", min: 1, max: SLICES - 1, scale: "linear", start: 3, unit: "of 7" };

/**
 * MIG-like partition: critical groups get this many sevenths of the GPU, best effort gets the rest. Groups of a class
 * divide it equally. With more groups than sevenths, the parts are smaller than MIG could make them.
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
