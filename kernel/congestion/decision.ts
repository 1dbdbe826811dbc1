import type { RateControl } from "./rate_control.ts";

/**
 * Who sets the rates: a program that the NICs run by themselves to the end of the run, or numbers for the queue pairs that
 * the view says are asked.
 */
export interface CongestionDecision {
  /** A program for all queue pairs, after which there is no decision point any more. The kernel runs a copy of it; the same object again leaves that copy going on. null: `rate` and `window` hold. */
  readonly program: RateControl | null;
  /** Rate of each queue pair that is asked, in the order of `view.asked`, bytes per ns; read where `program` is null. */
  readonly rate: Float64Array;
  /** Window likewise, bytes. */
  readonly window: Float64Array;
}
