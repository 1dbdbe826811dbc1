import { MAX_READAHEAD, type ReadaheadDecision, SOURCES } from "../../kernel/readahead/decision.ts";
import { nothing, stridePages } from "../../kernel/readahead/page_sets.ts";
import { type ReadaheadView, SWAPPED } from "../../kernel/readahead/view.ts";
import type { Knob } from "../knobs.ts";
import { heuristicDecision } from "./heuristic_decision.ts";
import { LogCursor } from "./log_cursor.ts";
import { TrendHistory } from "./trend_history.ts";
import type { ReadaheadEntry } from "./types.ts";

const STRIDE = SOURCES.indexOf("stride");

/** Number of parts into which the history is split for the first search (Nsplit). The published code has 4. */
const SPLIT: Knob = { name: "split", min: 1, max: 16, scale: "log", start: 4 };

/** Most pages that are read ahead at a fault (PWsize max). The paper has 8. */
const WINDOW: Knob = { name: "window", min: 2, max: MAX_READAHEAD, scale: "log", start: 8, unit: "pages" };

/** State of one thread. */
interface Tracked {
  readonly history: TrendHistory;
  /** Trend that was found last. 0 before the first. */
  trend: number;
  /** Hits in the swap cache since the thread's last fault. */
  hits: number;
  /** Pages read ahead at the thread's last fault. */
  window: number;
}

/**
 * Leap as its paper describes it: the stride that most of a thread's last swap accesses share, and a window that grows
 * with hits and falls to 0 without hits. Its eager eviction (a page read ahead leaves the cache at its first use) and
 * its lean data path are not modelled. They belong to the kernel and not to the choice of pages. Source: ATC 2020,
 * algorithms 1 and 2.
 */
export const leap: ReadaheadEntry = {
  name: "leap",
  role: "published",
  description: "Leap (ATC 2020): the majority stride of each thread's last 32 swap accesses, window by hits",
  source: "Leap, ATC 2020, algorithms 1 and 2",
  knobs: [SPLIT, WINDOW],
  create(values) {
    const decision = heuristicDecision();
    const split = Math.round(values.split);
    const max = Math.round(values.window);
    const cursor = new LogCursor();
    const threads: (Tracked | undefined)[] = [];
    const track = (thread: number): Tracked => {
      threads[thread] ??= { history: new TrendHistory(split), trend: 0, hits: 0, window: 0 };
      return threads[thread];
    };
    return {
      name: "leap",
      reset() {
        cursor.reset();
        threads.length = 0;
      },
      decide(view) {
        const { log } = view;
        const present = log.length - 1;
        for (let at = cursor.take(log); at <= present; at++) {
          const { history, hits } = track(log.threadAt(at));
          history.push(log.pageAt(at));
          // Every fault is a decision, so all accesses between two decisions are hits.
          if (at < present) track(log.threadAt(at)).hits = hits + 1;
        }
        const state = track(view.thread);
        const follows = state.trend !== 0 && state.history.newest === state.trend;
        state.window = leapWindow(state.hits, follows, max, state.window);
        state.hits = 0;
        const trend = state.history.trend();
        if (trend !== 0) state.trend = trend;
        if (state.window === 0) return nothing(decision);
        if (trend === 0) return aroundPages(view, state.trend, state.window, decision);
        stridePages(view, trend, state.window, STRIDE, decision);
        decision.marker = -1;
        return decision;
      },
    };
  },
};

/** Leap's window: the number of pages to read ahead, without the faulting page. */
function leapWindow(hits: number, follows: boolean, max: number, previous: number): number {
  let wanted = follows ? 1 : 0;
  if (hits > 0) {
    wanted = 2;
    while (wanted < hits + 1 && wanted < max) wanted *= 2;
  }
  return Math.max(Math.min(wanted, max), previous >> 1);
}

/** `wanted` pages around the faulting one at multiples of `stride`, the nearest first. */
function aroundPages(view: ReadaheadView, stride: number, wanted: number, decision: ReadaheadDecision) {
  const { page, state } = view;
  const { start, end } = view.vmas[view.vma];
  nothing(decision);
  if (stride === 0) return decision;
  for (let i = 0; i < wanted; i++) {
    const steps = (i >> 1) + 1;
    const candidate = page + (i % 2 === 0 ? steps : -steps) * stride;
    if (candidate >= start && candidate < end && state[candidate] === SWAPPED) {
      decision.pages[decision.count++] = candidate;
    }
  }
  decision.source = STRIDE;
  return decision;
}
