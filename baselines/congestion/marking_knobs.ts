import { SHIPPED_MARKING } from "../../kernel/congestion/programs/shipped_marking.ts";
import type { Marking } from "../../kernel/congestion/rate_control.ts";
import type { Knob, KnobValues } from "../knobs.ts";

/** Marking of the switches as knobs. */
export const MARKING_KNOBS: readonly Knob[] = [
  { name: "kmin_kb", min: 5, max: 800, scale: "log", start: SHIPPED_MARKING.kmin / 1000, unit: "kB at 100 Gb/s" },
  {
    name: "kmax_ratio",
    min: 1,
    max: 50,
    scale: "log",
    start: SHIPPED_MARKING.kmax / SHIPPED_MARKING.kmin,
    unit: "kmin",
  },
  { name: "pmax", min: 0.01, max: 1, scale: "log", start: SHIPPED_MARKING.pmax },
];

/** The marking that these values stand for. */
export function markingOf({ kmin_kb, kmax_ratio, pmax }: KnobValues): Marking {
  const kmin = kmin_kb * 1000;
  return { kmin, kmax: kmin * kmax_ratio, pmax };
}
