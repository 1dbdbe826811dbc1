import type { GpuDecision } from "../../kernel/gpu/decision.ts";
import type { GpuView } from "../../kernel/gpu/view.ts";
import type { Knob } from "../knobs.ts";
import { setByClass } from "./group_class.ts";

/** Most commands of a best-effort client in flight (XSched's threshold), and what its paper measures with. */
export const DEPTH: Knob = { name: "depth", min: 1, max: 64, scale: "log", start: 8, unit: "kernels" };

/** From here on `ANY_DEPTH` is no limit. */
const NO_LIMIT = 1000;

/**
 * The same for rules whose papers have no limit, which is at the end of the range: kernels in flight have to leave one by one
 * when they are told to. Source of the start: XSched's threshold.
 */
export const ANY_DEPTH: Knob = { ...DEPTH, max: NO_LIMIT };

/** Limits best-effort kernels in flight by `ANY_DEPTH`. */
export function limitDepth(view: GpuView, decision: GpuDecision, depth: number): void {
  setByClass(view, decision.depth, 0, depth >= NO_LIMIT ? 0 : Math.round(depth));
}
