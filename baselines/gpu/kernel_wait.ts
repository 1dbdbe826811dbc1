import { HOLD_KERNEL } from "../../kernel/gpu/decision.ts";
import { CONTEXTS, SLICE, TURN, TURNS } from "./hardware_settings.ts";
import { holdWhileCritical } from "./hold_while_critical.ts";
import { ruleHeuristic } from "./rule_heuristic.ts";
import type { GpuEntry } from "./types.ts";
import { ANY_DEPTH, limitDepth } from "./xsched_depth.ts";

/** `block-wait` at kernels: no kernel is rewritten, and critical work waits for the running kernel. */
export const kernelWait: GpuEntry = {
  name: "kernel-wait",
  role: "published",
  description:
    "the same at kernels: the best-effort kernel that runs ends, no other starts while critical work is there",
  source: "a variant of `block-wait`",
  knobs: [ANY_DEPTH, CONTEXTS, SLICE, TURNS, TURN],
  create: (values) =>
    ruleHeuristic("kernel-wait", (first, decision) => {
      limitDepth(first, decision, values.depth);
      return holdWhileCritical(first, decision, HOLD_KERNEL, values);
    }),
};
