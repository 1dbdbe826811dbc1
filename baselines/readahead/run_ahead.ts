import type { ReadaheadDecision } from "../../kernel/readahead/decision.ts";
import { stridePages } from "../../kernel/readahead/page_sets.ts";
import type { ReadaheadView } from "../../kernel/readahead/view.ts";

/**
 * The next `degree` pages at multiples of `stride`, the first of them marked. At a fault they follow the page that
 * faulted; at a marker, where a set is still on its way, they are looked for behind that set, so that reading stays a
 * set ahead, as a prefetcher does that sees every access.
 *
 * @param source index in `SOURCES` to book the pages under
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
