import { MAX_READAHEAD, type ReadaheadDecision, SOURCES } from "../../kernel/readahead/decision.ts";
import { nothing, vmaWindow } from "../../kernel/readahead/page_sets.ts";
import type { ReadaheadView } from "../../kernel/readahead/view.ts";
import type { Knob } from "../knobs.ts";
import { heuristicDecision } from "./heuristic_decision.ts";
import { LogCursor } from "./log_cursor.ts";
import { runAhead } from "./run_ahead.ts";
import type { ReadaheadEntry } from "./types.ts";
import { vmaIndex } from "./vma_index.ts";

const VMA = SOURCES.indexOf("vma");

/** Accuracy from which the window of a VMA may grow, and below which it shrinks. The paper has 0.75 and 0.40. */
const HIGH: Knob = { name: "high", min: 0.4, max: 0.95, scale: "linear", start: 0.75 };
const LOW: Knob = { name: "low", min: 0.05, max: 0.6, scale: "linear", start: 0.4 };

/** Share of hits in flight from which reading counts as late. The paper has 0.01. */
const LATE: Knob = { name: "late", min: 0.01, max: 1, scale: "log", start: 0.01 };

/** Share of faults on recently reclaimed pages from which reading counts as polluting. Start: choice. */
const POLLUTING: Knob = { name: "polluting", min: 0.02, max: 1, scale: "log", start: 0.3 };

/** Largest window. */
const WINDOW: Knob = { name: "window", min: 4, max: MAX_READAHEAD, scale: "log", start: 32, unit: "pages" };

/** Decisions in a VMA between two checks of its accuracy. Source: choice; the paper counts evictions. */
const INTERVAL = 16;

/**
 * Fewest sent pages from which accuracy is judged. Source: choice; with fewer, late hits of long ago would weigh too
 * much.
 */
const FEWEST = 4;

/** Exponent of the first window: 8 pages, the middle of the paper's five settings. */
const FIRST_LEVEL = 3;

/** State of one VMA. */
interface Tracked {
  /** The window is 2^level pages. At level 0 a fault reads one page ahead, and only beside the VMA's last access. */
  level: number;
  /** Direction of its last window: 1 ahead, -1 behind, 0 around. */
  direction: number;
  decisions: number;
  /**
   * Pages that were read ahead in it and hits in it. At each check the counts are halved, so that old intervals count
   * less.
   */
  sent: number;
  used: number;
  /** Counters of all VMAs at the last check. */
  hitsBefore: number;
  lateBefore: number;
}

/**
 * Feedback-directed prefetching: the window of each VMA doubles and halves with the measured accuracy, lateness and
 * pollution of what was read in it. Windows lie where Linux puts them. Windows ahead or behind continue at their
 * marker. Source: Srinath et al. (HPCA 2007), with three differences: accuracy is measured by VMA instead of overall,
 * lateness is a share of hits, and short refaults replace the paper's pollution filter.
 */
export const fdp: ReadaheadEntry = {
  name: "fdp",
  role: "published",
  description: "feedback-directed prefetching (HPCA 2007): window by VMA from measured accuracy, lateness, pollution",
  source: "Srinath et al., HPCA 2007",
  knobs: [HIGH, LOW, LATE, POLLUTING, WINDOW],
  create(values) {
    const decision = heuristicDecision();
    const cursor = new LogCursor();
    const vmas: (Tracked | undefined)[] = [];
    const top = Math.floor(Math.log2(Math.round(values.window)));
    const track = (vma: number): Tracked => {
      vmas[vma] ??= {
        level: Math.min(FIRST_LEVEL, top),
        direction: 0,
        decisions: 0,
        sent: 0,
        used: 0,
        hitsBefore: 0,
        lateBefore: 0,
      };
      return vmas[vma];
    };
    const look = (state: Tracked, { counters, shortRefaults }: ReadaheadView) => {
      const accuracy = state.used / state.sent;
      const hits = counters.ra_hit - state.hitsBefore;
      const late = counters.ra_late - state.lateBefore > values.late * hits;
      const change = fdpChange(grade(accuracy, values.low, values.high), late, shortRefaults > values.polluting);
      if (state.sent >= FEWEST) state.level = Math.max(0, Math.min(top, state.level + change));
      state.sent /= 2;
      state.used /= 2;
      state.hitsBefore = counters.ra_hit;
      state.lateBefore = counters.ra_late;
    };
    return {
      name: "fdp",
      reset() {
        cursor.reset();
        vmas.length = 0;
      },
      decide(view) {
        const { log, kind } = view;
        // Every fault is a decision, so all accesses since the last decision are hits. At a marker the present access
        // is a hit too.
        const end = kind === "marker" ? log.length : log.length - 1;
        for (let at = cursor.take(log); at < end; at++) track(vmaIndex(view.vmas, log.pageAt(at))).used++;
        const state = track(view.vma);
        if (++state.decisions % INTERVAL === 0) look(state, view);
        if (kind === "marker") goOn(view, state, decision);
        else start(view, state, decision);
        state.sent += decision.count;
        return decision;
      },
    };
  },
};

/** Grade of an accuracy: -1 low, 0 medium, 1 high. */
function grade(accuracy: number, low: number, high: number): number {
  if (accuracy < low) return -1;
  return accuracy > high ? 1 : 0;
}

/**
 * Change of the window in powers of two. It is the paper's table except for two cases. An accurate, timely and clean
 * window grows, because there is no distance to hold here and the end of every window costs a fault. An inaccurate
 * window always shrinks, because a page that is read for nothing costs the bus even if it does no other harm.
 *
 * @param accuracy -1 low, 0 medium, 1 high
 */
export function fdpChange(accuracy: number, late: boolean, polluting: boolean): number {
  if (accuracy < 0) return -1;
  if (accuracy > 0) return polluting && !late ? -1 : 1;
  if (polluting) return -1;
  return late ? 1 : 0;
}

function start(view: ReadaheadView, state: Tracked, decision: ReadaheadDecision): ReadaheadDecision {
  const { page, vma, vmaAddress } = view;
  const address = vmaAddress[vma];
  const distance = address < 0 ? 0 : page - address;
  state.direction = Math.abs(distance) === 1 ? distance : 0;
  if (state.level === 0 && state.direction === 0) return nothing(decision);
  vmaWindow(view, address < 0 ? page : address, 2 ** Math.max(1, state.level), decision);
  // Windows are in rising order. The page nearest to the fault is the first of a window ahead and the last of a window
  // behind.
  if (state.direction !== 0 && decision.count > 0) decision.marker = state.direction > 0 ? 0 : decision.count - 1;
  return decision;
}

function goOn(view: ReadaheadView, state: Tracked, decision: ReadaheadDecision): ReadaheadDecision {
  if (state.direction === 0 || state.level === 0) return nothing(decision);
  return runAhead(view, state.direction, 2 ** state.level - 1, VMA, decision);
}
