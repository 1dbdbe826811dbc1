import {
  type GpuDecision,
  HOLD_IN_FLIGHT,
  HOLD_NONE,
  NOTIFY_CRITICAL,
  NOTIFY_KERNELS,
} from "../../kernel/gpu/decision.ts";
import type { GpuView } from "../../kernel/gpu/view.ts";
import type { Knob } from "../knobs.ts";
import { criticalWaits, setByClass } from "./group_class.ts";
import { hardwareSettings, TURN, TURNS } from "./hardware_settings.ts";
import { KernelGate } from "./kernel_gate.ts";
import { ruleHeuristic } from "./rule_heuristic.ts";
import type { GpuEntry } from "./types.ts";

/** Most multiprocessors that best-effort kernels may use beside a critical kernel. Start: Orion's default, half. */
const MULTIPROCESSORS: Knob = { name: "multiprocessors", min: 0.1, max: 1, scale: "linear", start: 0.5 };

/**
 * Most best-effort work in flight, relative to the length of a critical request. Sources: the paper, 2.5 %; start,
 * choice.
 */
const DURATION: Knob = { name: "duration", min: 0.002, max: 1, scale: "log", start: 0.2, unit: "of a request" };

/**
 * Orion launches critical kernels at once. It launches a best-effort kernel beside them only if it needs few
 * multiprocessors and has another bottleneck (arithmetic or memory; an unknown bottleneck counts as different).
 * Best-effort kernels in flight never amount to more than a part of a critical request. Source: EuroSys 2024 and its
 * scheduler_eval.cpp. Its rules for training as the critical client are left out, because no critical client trains
 * here.
 */
export const orion: GpuEntry = {
  name: "orion",
  role: "published",
  description: "Orion (EuroSys 2024): small best-effort kernels beside critical ones with another bottleneck",
  source: "the paper and `scheduler_eval.cpp`, without its rules for training as the critical client",
  knobs: [MULTIPROCESSORS, DURATION, TURNS, TURN],
  create: (values) =>
    ruleHeuristic("orion", (first, decision) => {
      const set = hardwareSettings(first, decision, { ...values, contexts: 0 });
      limitInFlight(first, decision, values.duration);
      const gate = new KernelGate(decision);
      const next = { group: 0 };
      let before = false;
      return (view) => {
        set(view);
        const waits = criticalWaits(view);
        decision.notify = waits ? NOTIFY_KERNELS : NOTIFY_CRITICAL;
        if (waits !== before) setByClass(view, decision.hold, HOLD_NONE, waits ? HOLD_IN_FLIGHT : HOLD_NONE);
        before = waits;
        if (!waits) {
          gate.clear();
          return;
        }
        collocate(view, gate, next, values.multiprocessors);
        gate.settle(view.time);
      };
    }),
};

/**
 * Limits best-effort kernels in flight to as many as add up, on average, to `part` of the shortest critical request.
 */
function limitInFlight(view: GpuView, { depth }: GpuDecision, part: number): void {
  let shortest = Number.POSITIVE_INFINITY;
  let bestEffort = 0;
  for (let g = 0; g < view.groups; g++) {
    if (view.critical[g] === 1) shortest = Math.min(shortest, view.expectedNs[g]);
    else bestEffort++;
  }
  for (let g = 0; g < view.groups; g++) {
    if (view.critical[g] === 1 || shortest === Number.POSITIVE_INFINITY) continue;
    depth[g] = Math.max(1, Math.floor((part * shortest) / bestEffort / view.meanKernelNs[g]));
  }
}

/**
 * Releases every best-effort kernel that the rule allows beside the running kernels. The search starts at the group
 * after the last one released.
 */
function collocate(view: GpuView, gate: KernelGate, next: { group: number }, multiprocessors: number): void {
  const { groups, critical, queued, kernelElapsedNs, nextOccupancy, time } = view;
  let used = 0;
  for (let g = 0; g < groups; g++) {
    if (critical[g] === 0 && (gate.isOpen(g) || kernelElapsedNs[g] > 0)) used += nextOccupancy[g];
  }
  const start = next.group;
  for (let i = 0; i < groups; i++) {
    const g = (start + i) % groups;
    if (critical[g] === 1 || queued[g] === 0 || gate.isOpen(g) || kernelElapsedNs[g] > 0) continue;
    if (used + nextOccupancy[g] > multiprocessors || !differs(view, g)) continue;
    used += nextOccupancy[g];
    gate.open(g, time);
    next.group = (g + 1) % groups;
  }
}

/** Whether no critical kernel has the same bottleneck as the next kernel of `group`. */
function differs({ groups, critical, queued, nextLimit }: GpuView, group: number): boolean {
  for (let g = 0; g < groups; g++) {
    if (critical[g] === 1 && queued[g] > 0 && nextLimit[g] >= 0 && nextLimit[g] === nextLimit[group]) return false;
  }
  return true;
}
