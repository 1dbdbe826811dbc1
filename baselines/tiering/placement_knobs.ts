import { HISTOGRAM_KNOBS, type HistogramDecision } from "../../kernel/tiering/decision.ts";
import type { Knob, KnobValues } from "../knobs.ts";

/** Histogram placement's knobs as tuning sees them; the ranges are everybody's. */
export const FAST_SHARE: Knob = { name: "fastShare", ...HISTOGRAM_KNOBS.fastShare, scale: "linear" };
export const MOVE_RATE: Knob = { name: "moveRate", ...HISTOGRAM_KNOBS.moveRate, scale: "log", unit: "MB/s" };
export const RECENCY: Knob = { name: "recency", ...HISTOGRAM_KNOBS.recency, scale: "linear" };
const HYSTERESIS: Knob = { name: "hysteresis", ...HISTOGRAM_KNOBS.hysteresis, scale: "log" };

/** All of histogram placement's knobs but the share. */
export const PLACEMENT_KNOBS: readonly Knob[] = [MOVE_RATE, RECENCY, HYSTERESIS];

/** A histogram decision with these knobs, to be reused and its share rewritten. */
export function histogramDecision(values: KnobValues, fastShare: number): HistogramDecision {
  return {
    mechanism: "histogram",
    fastShare,
    moveRate: values.moveRate,
    recency: values.recency,
    hysteresis: values.hysteresis,
  };
}
