import { HIGH, LOW } from "../../kernel/gpu/interleave.ts";
import { setByClass } from "./group_class.ts";
import { ruleHeuristic } from "./rule_heuristic.ts";
import type { GpuEntry } from "./types.ts";

/**
 * The driver's interleave levels alone: a critical group stands in the runlist before every best-effort group, and each
 * best-effort group stands there once. Slices stay at 1024 us.
 */
export const interleave: GpuEntry = {
  name: "interleave",
  role: "published",
  description: "runlist interleave as the driver has it: critical groups high, best effort low, slices as shipped",
  source: "`ctrla06c.h`",
  knobs: [],
  create: () => ruleHeuristic("interleave", (view, decision) => setByClass(view, decision.interleave, HIGH, LOW)),
};
