import { MAX_READAHEAD, SOURCES } from "../../kernel/readahead/decision.ts";
import { clusterBlock, majorityStride, nothing, stridePages, swappedRange } from "../../kernel/readahead/page_sets.ts";
import type { ReadaheadView } from "../../kernel/readahead/view.ts";
import type { Knob } from "../knobs.ts";
import { heuristicDecision } from "./heuristic_decision.ts";
import type { ReadaheadEntry } from "./types.ts";

const STRIDE = SOURCES.indexOf("stride");

/** Pages that are examined on each side, and slots of the examined block. Source: the study of headroom. */
const REACH = 16;

/**
 * Fewest pages of which a share is taken, so that a single neighbour at the edge of a VMA does not count as a share of
 * 1.
 */
const FEWEST = 4;

/** Number of differences whose majority is the stride. */
const STRIDE_WINDOW = 16;

/** Share of touched neighbours from which the heuristic reads. */
const THRESHOLD: Knob = { name: "threshold", min: 0.05, max: 0.95, scale: "linear", start: 0.3 };

/** Number of swap accesses that count as recent. */
const HORIZON: Knob = { name: "horizon", min: 16, max: 4096, scale: "log", start: 256, unit: "accesses" };

/** Window when all neighbours were touched. It shrinks with their share. */
const WINDOW: Knob = { name: "window", min: 2, max: MAX_READAHEAD, scale: "log", start: 16, unit: "pages" };

/**
 * Reads where it would have paid. The share of recently touched pages behind the fault tells what reading ahead from
 * there would have earned. The pages ahead of the fault tell the same for reading backwards, the block of slots for
 * reading the block, and the pages a stride back for reading at that stride. The largest share decides, if it is large
 * enough.
 */
export const shadow: ReadaheadEntry = {
  name: "shadow",
  role: "published",
  description: "window in the direction in which neighbours were touched recently, as long as their share is large",
  knobs: [THRESHOLD, HORIZON, WINDOW],
  create(values) {
    const decision = heuristicDecision();
    const horizon = Math.round(values.horizon);
    const { threshold } = values;
    return {
      name: "shadow",
      reset() {},
      decide(view) {
        const { page, log, thread } = view;
        const ahead = touchedShare(view, -1, horizon);
        const behind = touchedShare(view, 1, horizon);
        const slots = touchedSlots(view, horizon);
        const step = majorityStride(log, thread, STRIDE_WINDOW);
        const strided = Math.abs(step) > 1 ? touchedShare(view, -step, horizon) : 0;
        const best = Math.max(ahead, behind, slots, strided);
        if (best < threshold) return nothing(decision);
        const window = Math.max(2, Math.round(values.window * best));
        if (best === ahead || best === behind) {
          const around = Math.min(ahead, behind) >= threshold;
          let left = best === ahead ? page : page - window + 1;
          if (around) left = page - ((window - 1) >> 1);
          return swappedRange(view, left, left + window, decision);
        }
        if (best === strided) {
          stridePages(view, step, window, STRIDE, decision);
          decision.marker = -1;
          return decision;
        }
        return clusterBlock(view, 2 ** Math.floor(Math.log2(window)), decision);
      },
    };
  },
};

/**
 * Share of the pages at 1 to 16 steps from the fault in its VMA that were touched within the last `horizon` swap
 * accesses.
 */
function touchedShare({ log, page, vma, vmas }: ReadaheadView, step: number, horizon: number): number {
  const { start, end } = vmas[vma];
  let pages = 0;
  let touched = 0;
  for (let k = 1; k <= REACH; k++) {
    const neighbour = page + k * step;
    if (neighbour < start || neighbour >= end) break;
    pages++;
    if (recent(log.lastOfPage(neighbour), log.length, horizon)) touched++;
  }
  return touched / Math.max(FEWEST, pages);
}

/** The share of touched pages among the other pages in the aligned block of 16 slots. */
function touchedSlots({ log, page, slotOf, ownerOf }: ReadaheadView, horizon: number): number {
  const first = slotOf[page] - (slotOf[page] % REACH);
  const last = Math.min(first + REACH, ownerOf.length);
  let pages = 0;
  let touched = 0;
  for (let slot = Math.max(1, first); slot < last; slot++) {
    const owner = ownerOf[slot];
    if (owner < 0 || owner === page) continue;
    pages++;
    if (recent(log.lastOfPage(owner), log.length, horizon)) touched++;
  }
  return touched / Math.max(FEWEST, pages);
}

function recent(position: number, length: number, horizon: number): boolean {
  return position >= 0 && position >= length - horizon;
}
