import { GpuPlanner } from "../../../kernel/gpu/planner.ts";
import { createStance, type GpuStance } from "../../../kernel/gpu/stance.ts";
import type { GpuView } from "../../../kernel/gpu/view.ts";
import { gpuView, type ViewedGroup } from "../../baselines/gpu_view.ts";

/** No time. */
export const NEVER = Number.POSITIVE_INFINITY;
/** A millisecond, ns. */
export const MS = 1_000_000;

/** A critical group without work and one of best effort that has some. */
export const IDLE: readonly ViewedGroup[] = [{ critical: true }, { queued: 1 }];
/** The same when the critical group has work too. */
export const BUSY: readonly ViewedGroup[] = [{ critical: true, queued: 1 }, { queued: 1 }];
/** Two critical groups and one of best effort. */
export const TWO: readonly ViewedGroup[] = [
  { critical: true, queued: 1 },
  { critical: true, queued: 1 },
  { queued: 1 },
];

/** A view at `time` with some arrays or numbers other than usual. */
export function viewAt(time: number, groups: readonly ViewedGroup[], other: Partial<GpuView> = {}): GpuView {
  return { ...gpuView(groups, time), ...other };
}

/** A planner and a stance, changed by `change`; `plan` gives copies, which the next plan does not change. */
export function planning(groups: readonly ViewedGroup[], change: (stance: GpuStance) => void = () => {}) {
  const planner = new GpuPlanner();
  const stance = createStance(gpuView(groups).critical);
  change(stance);
  return { planner, stance, plan: (view: GpuView) => structuredClone(planner.plan(view, stance)) };
}
