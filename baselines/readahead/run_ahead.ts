import type { ReadaheadDecision } from "../../kernel/readahead/decision.ts";
import { stridePages } from "../../kernel/readahead/page_sets.ts";
import type { ReadaheadView } from "../../kernel/readahead/view.ts";

/**
 * Fills `decision` with the next `degree` pages at multiples of `stride` and marks the first of them. At a fault they
 * follow the page that faulted. At a marker, a set is still on its way, and they follow that set. So reading stays one
 * set ahead, like a prefetcher that sees every access.
 *
 * @param source index in `SOURCES` to which the pages are booked
 */
export function runAhead(
  view: ReadaheadView,
  stride: number,
  degree: number,
  source: number,
  decision: ReadaheadDecision,
): ReadaheadDecision {
  stridePages(view, stride, view.kind === "marker" ? 2 * degree : degree, source, decision);
  decision.count = Math.min(decision.count, degree);
  return decision;
}
