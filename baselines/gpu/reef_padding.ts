import { NOTIFY_CRITICAL, NOTIFY_KERNELS } from "../../kernel/gpu/decision.ts";
import type { GpuView } from "../../kernel/gpu/view.ts";
import { criticalWaits } from "./group_class.ts";
import { hardwareSettings, TURN, TURNS } from "./hardware_settings.ts";
import { KernelGate } from "./kernel_gate.ts";
import { resetForCritical, SHORTEST } from "./reef.ts";
import { ruleHeuristic } from "./rule_heuristic.ts";
import type { GpuEntry } from "./types.ts";

/**
 * REEF with dynamic kernel padding: a best-effort kernel may run beside the running critical kernels if it takes no
 * longer than they do and fits the multiprocessors they leave. Both are judged by the profiles of kernels.
 */
export const reefPadding: GpuEntry = {
  name: "reef-padding",
  role: "published",
  description: "REEF (OSDI 2022): reset, and best-effort kernels that are shorter and fit beside the critical ones",
  source: "the paper; profiles instead of its kernel rewriting",
  knobs: [SHORTEST, TURNS, TURN],
  create: (values) =>
    ruleHeuristic("reef-padding", (first, decision) => {
      const set = hardwareSettings(first, decision, { ...values, contexts: 0 });
      const gate = new KernelGate(decision);
      const reset = resetForCritical(decision, values);
      return (view) => {
        set(view);
        reset(view);
        if (!criticalWaits(view)) {
          decision.notify = NOTIFY_CRITICAL;
          gate.clear();
          return;
        }
        decision.notify = NOTIFY_KERNELS;
        // A reset on its way would kill a kernel that is released now.
        if (view.controlInFlight === 0) pad(view, gate);
        gate.settle(view.time);
      };
    }),
};

/** Releases, by index of group, every best-effort kernel that fits beside the running kernels. */
function pad(view: GpuView, gate: KernelGate): void {
  const { groups, critical, queued, kernelElapsedNs, nextKernelNs, nextOccupancy, time } = view;
  let free = 1;
  let longest = 0;
  for (let g = 0; g < groups; g++) {
    if (critical[g] === 1 && queued[g] > 0) {
      free -= nextOccupancy[g];
      longest = Math.max(longest, nextKernelNs[g]);
    } else if (critical[g] === 0 && (gate.isOpen(g) || kernelElapsedNs[g] > 0)) {
      free -= nextOccupancy[g];
    }
  }
  for (let g = 0; g < groups; g++) {
    if (critical[g] === 1 || queued[g] === 0 || gate.isOpen(g) || kernelElapsedNs[g] > 0) continue;
    if (nextKernelNs[g] > longest || nextOccupancy[g] > free) continue;
    free -= nextOccupancy[g];
    gate.open(g, time);
  }
}
