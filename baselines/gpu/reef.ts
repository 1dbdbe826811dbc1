import { type GpuDecision, HOLD_KERNEL, HOLD_NONE, SHARING_STREAMS } from "../../kernel/gpu/decision.ts";
import { criticalWaits, setByClass } from "./group_class.ts";
import { type GpuRule, ruleHeuristic } from "./rule_heuristic.ts";
import type { GpuEntry } from "./types.ts";

/**
 * Preemption by reset: when critical work comes, best-effort kernels are killed where they may be, and run again from
 * their start when it is gone; none starts in between. All clients are in one context, that of REEF's server.
 */
export const reef: GpuEntry = {
  name: "reef",
  role: "published",
  description: "REEF (OSDI 2022) without padding: best-effort kernels are killed for critical work and run again later",
  knobs: [],
  create: () =>
    ruleHeuristic("reef", (_, decision) => {
      decision.sharing = SHARING_STREAMS;
      return resetForCritical(decision);
    }),
};

/** The rule that kills and holds best effort when critical work comes and lets it go when there is none. */
export function resetForCritical(decision: GpuDecision): GpuRule {
  let before = false;
  return (view) => {
    const waits = criticalWaits(view);
    decision.reset.fill(0);
    if (waits !== before) setByClass(view, decision.hold, HOLD_NONE, waits ? HOLD_KERNEL : HOLD_NONE);
    if (waits && !before) {
      for (let g = 0; g < view.groups; g++) {
        if (view.critical[g] === 0 && view.kernelElapsedNs[g] > 0) decision.reset[g] = view.idempotent[g];
      }
    }
    before = waits;
  };
}
