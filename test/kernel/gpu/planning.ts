import { GpuPlanner } from "../../../kernel/gpu/planner.ts";
import { createStance, type GpuStance } from "../../../kernel/gpu/stance.ts";
import type { GpuView } from "../../../kernel/gpu/view.ts";
import { gpuView, type ViewedGroup } from "../../baselines/gpu_view.ts";

/** A time that never comes. */
export const NEVER = Number.POSITIVE_INFINITY;
/** A millisecond, ns. */
export const MS = 1_000_000;

/** A critical group without work and a best-effort group with work. */
export const IDLE: readonly ViewedGroup[] = [{ critical: true }, { queued: 1 }];
/** A critical group and a best-effort group, both with work. */
export const BUSY: readonly ViewedGroup[] = [{ critical: true, queued: 1 }, { queued: 1 }];
/** Two critical groups and a best-effort group. */
export const TWO: readonly ViewedGroup[] = [
  { critical: true, queued: 1 },
  { critical: true, queued: 1 },
  { queued: 1 },
];

/** A view at `time`, with some arrays or numbers replaced. */
export function viewAt(time: number, groups: readonly ViewedGroup[], other: Partial<GpuView> = {}): GpuView {
  return { ...gpuView(groups, time), ...other };
}

/** A planner and a stance, changed by `change`. `plan` returns copies, which the next plan does not change. */
export function planning(groups: readonly ViewedGroup[], change: (stance: GpuStance) => void = () => {}) {
  const planner = new GpuPlanner();
  const stance = createStance(gpuView(groups).critical);
  change(stance);
  return { planner, stance, plan: (view: GpuView) => structuredClone(planner.plan(view, stance)) };
}
