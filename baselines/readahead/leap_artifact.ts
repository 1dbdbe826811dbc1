import { type ReadaheadDecision, SOURCES } from "../../kernel/readahead/decision.ts";
import { clusterBlock, nothing } from "../../kernel/readahead/page_sets.ts";
import { type ReadaheadView, SWAPPED } from "../../kernel/readahead/view.ts";
import { windowRule } from "../../kernel/readahead/window_rule.ts";
import { heuristicDecision } from "./heuristic_decision.ts";
import { LogCursor } from "./log_cursor.ts";
import { PAGE_CLUSTER } from "./page_cluster.ts";
import { TrendHistory } from "./trend_history.ts";
import type { ReadaheadEntry } from "./types.ts";

const STRIDE = SOURCES.indexOf("stride");

/** Number of parts into which the history is split for the first search. Source: the published code. */
const SPLIT = 4;

/**
 * Leap as its published kernel implements it. It differs from the paper in three ways. There is one history for all
 * programs, of swap slots. The window follows Linux's rule, except that a fault without hits counts like a fault with
 * one hit, so that the window never falls below 4. And where there is no trend, it reads Linux's aligned block of
 * slots. The optional first-in-first-out buffer is off.
 */
export const leapArtifact: ReadaheadEntry = {
  name: "leap-artifact",
  role: "published",
  description: "Leap as published in code: trend of swap slots, window of 4 or 8, aligned block without a trend",
  source: "Leap's published kernel",
  knobs: [],
  create() {
    const decision = heuristicDecision();
    const cursor = new LogCursor();
    let history = new TrendHistory(SPLIT);
    // A hit may free its slot, so slots are recorded when they are read.
    let slotRead: Int32Array | null = null;
    let window = 0;
    return {
      name: "leap-artifact",
      reset() {
        cursor.reset();
        history = new TrendHistory(SPLIT);
        slotRead = null;
        window = 0;
      },
      decide(view) {
        const { log, page, slotOf } = view;
        slotRead ??= new Int32Array(view.pages);
        slotRead[page] = slotOf[page];
        for (let at = cursor.take(log); at < log.length; at++) history.push(slotRead[log.pageAt(at)]);
        window = windowRule(0, 0, Math.max(1, view.clusterHits), 1 << PAGE_CLUSTER, window);
        const trend = history.trend();
        if (trend === 0) clusterBlock(view, window, decision);
        else slotPages(view, trend, window - 1, decision);
        for (let i = 0; i < decision.count; i++) slotRead[decision.pages[i]] = slotOf[decision.pages[i]];
        return decision;
      },
    };
  },
};

/** Fills `decision` with the pages in the slots at 1 to `steps` times `stride` from the slot of the faulting page. */
function slotPages(view: ReadaheadView, stride: number, steps: number, decision: ReadaheadDecision): void {
  const { page, slotOf, ownerOf, state } = view;
  nothing(decision);
  for (let k = 1; k <= steps; k++) {
    const slot = slotOf[page] + k * stride;
    if (slot < 1 || slot >= ownerOf.length) break;
    const owner = ownerOf[slot];
    if (owner >= 0 && state[owner] === SWAPPED) decision.pages[decision.count++] = owner;
  }
  decision.source = STRIDE;
}
