import { HISTOGRAM_KNOBS, type HistogramDecision } from "../../kernel/tiering/decision.ts";
import type { Knob, KnobValues } from "../knobs.ts";

/** The knobs of histogram placement for tuning. Every policy has the same ranges. */
export const FAST_SHARE: Knob = { name: "fastShare", ...HISTOGRAM_KNOBS.fastShare, scale: "linear" };
/** Rate of migration. */
export const MOVE_RATE: Knob = { name: "moveRate", ...HISTOGRAM_KNOBS.moveRate, scale: "log", unit: "MB/s" };
/** Weight of recent samples. */
export const RECENCY: Knob = { name: "recency", ...HISTOGRAM_KNOBS.recency, scale: "linear" };
const HYSTERESIS: Knob = { name: "hysteresis", ...HISTOGRAM_KNOBS.hysteresis, scale: "log" };

/** All knobs of histogram placement except the share. */
export const PLACEMENT_KNOBS: readonly Knob[] = [MOVE_RATE, RECENCY, HYSTERESIS];

/** A histogram decision with these knobs. The caller reuses it and rewrites its share. */
export function histogramDecision(values: KnobValues, fastShare: number): HistogramDecision {
  return {
    mechanism: "histogram",
    fastShare,
    moveRate: values.moveRate,
    recency: values.recency,
    hysteresis: values.hysteresis,
  };
}
