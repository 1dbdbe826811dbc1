import {
  DIRTY_COST,
  FLUSH_COST,
  type WritebackDecision,
  type WritebackView,
} from "../../kernel/writeback/writeback.ts";
import type { HeuristicEntry, Role } from "../heuristic_entry.ts";

function rule(
  name: string,
  role: Role,
  flush: (view: WritebackView) => boolean,
): HeuristicEntry<WritebackView, WritebackDecision> {
  const create = () => ({ name, reset() {}, decide: (view: WritebackView) => ({ flush: flush(view) }) });
  return { name, role, description: `${name} writeback`, knobs: [], create };
}

/** Every writeback heuristic, the default first. */
export const writebackHeuristics = [
  rule("timer", "default", ({ period }) => period % 30 === 29),
  rule("always", "static", () => true),
  rule("ratio", "published", ({ dirty }) => dirty > 200),
  rule("break-even", "hand-rule", ({ dirty }) => DIRTY_COST * dirty > FLUSH_COST),
];

/** Every period costs a flush or the pages that it dirties. */
export function writebackBound(arrivals: Float64Array): number {
  return arrivals.reduce((sum, pages) => sum + Math.min(FLUSH_COST, DIRTY_COST * pages), 0);
}
