import type { RateControl } from "./rate_control.ts";

/**
 * A decision sets the rates, in one of two ways: by a program that NICs run by themselves to the end of the run, or by
 * numbers for the queue pairs that the view asks about.
 */
export interface CongestionDecision {
  /**
   * Program for all queue pairs. After it there are no more decision points. The kernel runs a copy; the same object
   * again keeps the running copy. null: `rate` and `window` apply.
   */
  readonly program: RateControl | null;
  /** Rate of each asked queue pair, in the order of `view.asked`, bytes per ns. Ignored unless `program` is null. */
  readonly rate: Float64Array;
  /** Window of each asked queue pair, bytes, in the same order. */
  readonly window: Float64Array;
}
