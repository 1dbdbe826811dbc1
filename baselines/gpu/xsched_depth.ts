import type { GpuDecision } from "../../kernel/gpu/decision.ts";
import type { GpuView } from "../../kernel/gpu/view.ts";
import type { Knob } from "../knobs.ts";
import { setByClass } from "./group_class.ts";

/**
 * Most commands of a best-effort client in flight (XSched's threshold). The start is the value that its paper measures
 * with.
 */
export const DEPTH: Knob = { name: "depth", min: 1, max: 64, scale: "log", start: 8, unit: "kernels" };

/** `ANY_DEPTH` sets no limit from this value on. */
const NO_LIMIT = 1000;

/**
 * The same for rules whose papers set no limit: the end of the range means no limit. Kernels in flight have to leave
 * one by one when the rule tells them to. Source of the start: XSched's threshold.
 */
export const ANY_DEPTH: Knob = { ...DEPTH, max: NO_LIMIT };

/** Limits best-effort kernels in flight to `depth`, a value of `ANY_DEPTH`. */
export function limitDepth(view: GpuView, decision: GpuDecision, depth: number): void {
  setByClass(view, decision.depth, 0, depth >= NO_LIMIT ? 0 : Math.round(depth));
}
