import type { CongestionKernel } from "../../kernel/congestion/congestion.ts";

/**
 * The certified bound: the cost below which no policy brings a run, however much it knows; 1 of the score. 0 for every run, as
 * what cannot be avoided is taken out in the cost itself: the tail is measured in the least that any policy can reach
 * (`leastSlowdown`), so its logarithm is at least 0, and a queue is at least empty.
 *
 * It is loose where the least leaves out what happens before something is known and what sharing several links costs, and
 * where a short queue is needed to keep links busy.
 */
export function congestionBound(_kernel: CongestionKernel): number {
  return 0;
}
