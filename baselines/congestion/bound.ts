import type { CongestionKernel } from "../../kernel/congestion/congestion.ts";

/**
 * The certified bound: no policy brings the cost of a run below it, however much it knows. It scores 1. It is 0 for
 * every run, because the cost itself leaves out what cannot be avoided: the tail is measured relative to the least that
 * any policy can reach (`leastSlowdown`), so its logarithm is at least 0, and a queue is at least empty.
 *
 * The bound is loose for three reasons. The least leaves out what happens before something is known. It leaves out the
 * cost of sharing several links. And a short queue is needed to keep links busy.
 */
export function congestionBound(_kernel: CongestionKernel): number {
  return 0;
}
