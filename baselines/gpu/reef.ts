import { type GpuDecision, HOLD_KERNEL, HOLD_NONE } from "../../kernel/gpu/decision.ts";
import type { GpuView } from "../../kernel/gpu/view.ts";
import type { Knob, KnobValues } from "../knobs.ts";
import { criticalWaits, setByClass } from "./group_class.ts";
import { CONTEXTS, hardwareSettings, TURN, TURNS } from "./hardware_settings.ts";
import { type GpuRule, ruleHeuristic } from "./rule_heuristic.ts";
import type { GpuEntry } from "./types.ts";
import { ANY_DEPTH, limitDepth } from "./xsched_depth.ts";

/** Kernels that are shorter than this, by their profile, are waited for. REEF kills all. */
export const SHORTEST: Knob = { name: "shortest_us", min: 1, max: 10_000, scale: "log", start: 1, unit: "us" };

/**
 * Preemption by reset: when critical work arrives, best-effort kernels are killed if that is allowed, and run again
 * from their start when critical work is gone. No best-effort kernel starts in between. REEF's clients share one
 * context, that of its server.
 */
export const reef: GpuEntry = {
  name: "reef",
  role: "published",
  description: "REEF (OSDI 2022) without padding: best-effort kernels are killed for critical work and run again later",
  source: "the paper",
  knobs: [SHORTEST, ANY_DEPTH, CONTEXTS, TURNS, TURN],
  create: (values) =>
    ruleHeuristic("reef", (first, decision) => {
      const set = hardwareSettings(first, decision, values);
      const reset = resetForCritical(decision, values);
      limitDepth(first, decision, values.depth);
      return (view) => {
        set(view);
        reset(view);
      };
    }),
};

/** The rule that kills and holds best effort when critical work arrives, and releases it when there is none. */
export function resetForCritical(decision: GpuDecision, { shortest_us }: KnobValues): GpuRule {
  let before = false;
  return (view) => {
    const waits = criticalWaits(view);
    decision.reset.fill(0);
    if (waits !== before) setByClass(view, decision.hold, HOLD_NONE, waits ? HOLD_KERNEL : HOLD_NONE);
    if (waits && !before) {
      for (let g = 0; g < view.groups; g++) {
        if (view.critical[g] === 0 && runsLong(view, g, shortest_us * 1000)) decision.reset[g] = view.idempotent[g];
      }
    }
    before = waits;
  };
}

function runsLong({ kernelElapsedNs, nextKernelNs }: GpuView, group: number, shortestNs: number): boolean {
  return kernelElapsedNs[group] > 0 && nextKernelNs[group] >= shortestNs;
}
