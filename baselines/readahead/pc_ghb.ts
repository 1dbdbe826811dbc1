import { MAX_READAHEAD, type ReadaheadDecision, SOURCES } from "../../kernel/readahead/decision.ts";
import { nothing } from "../../kernel/readahead/page_sets.ts";
import { type ReadaheadView, SWAPPED } from "../../kernel/readahead/view.ts";
import type { Knob } from "../knobs.ts";
import { heuristicDecision } from "./heuristic_decision.ts";
import type { ReadaheadEntry } from "./types.ts";

const PC_STRIDE = SOURCES.indexOf("pc-stride");

/** Number of differences between accesses of an instruction in which the last two are searched. Source: choice. */
const HISTORY = 32;

/** Log entries of an instruction that are examined for them, including those of other threads. Source: choice. */
const SCAN = 4 * HISTORY;

/** Pages that are read at once. */
const DEGREE: Knob = { name: "degree", min: 1, max: MAX_READAHEAD, scale: "log", start: 8, unit: "pages" };

/**
 * Delta correlation by instruction with a global history buffer. It looks for an earlier place where the last two
 * differences between the instruction's accesses came in the same order. It then predicts the differences that followed
 * there, over and over. A stride is the simplest case. Source: Nesbit and Smith (HPCA 2004), PC/DC.
 */
export const pcGhb: ReadaheadEntry = {
  name: "pc-ghb",
  role: "published",
  description: "global history buffer by instruction (HPCA 2004): replays the differences that followed the last two",
  source: "Nesbit and Smith, HPCA 2004, PC/DC",
  knobs: [DEGREE],
  create(values) {
    const decision = heuristicDecision();
    const degree = Math.round(values.degree);
    const deltas = new Int32Array(HISTORY);
    return {
      name: "pc-ghb",
      reset() {},
      decide(view) {
        const length = collect(view, deltas);
        const period = repeatOf(deltas, length);
        return period === 0 ? nothing(decision) : foretell(view, deltas, period, degree, decision);
      },
    };
  },
};

/**
 * Fills `deltas` with differences between accesses of the present instruction and thread, the newest first. Returns how
 * many.
 */
function collect({ log, thread }: ReadaheadView, deltas: Int32Array): number {
  let newer = log.length - 1;
  let length = 0;
  let at = log.previousOfPcAt(newer);
  for (let scanned = 0; at >= 0 && scanned < SCAN && length < deltas.length; scanned++) {
    if (log.threadAt(at) === thread) {
      deltas[length++] = log.pageAt(newer) - log.pageAt(at);
      newer = at;
    }
    at = log.previousOfPcAt(at);
  }
  return length;
}

/**
 * Distance to the last place where the two newest differences came in the same order, in differences; 0 if there is
 * none.
 */
function repeatOf(deltas: Int32Array, length: number): number {
  for (let ago = 1; ago + 1 < length; ago++) {
    if (deltas[ago] === deltas[0] && deltas[ago + 1] === deltas[1]) return ago;
  }
  return 0;
}

/** The next pages if the last `period` differences repeat. At a marker, the pages behind the set that is under way. */
function foretell(
  view: ReadaheadView,
  deltas: Int32Array,
  period: number,
  degree: number,
  decision: ReadaheadDecision,
): ReadaheadDecision {
  const { page, state } = view;
  const { start, end } = view.vmas[view.vma];
  const steps = view.kind === "marker" ? 2 * degree : degree;
  nothing(decision);
  let candidate = page;
  for (let k = 0; k < steps && decision.count < degree; k++) {
    candidate += deltas[period - 1 - (k % period)];
    if (candidate < start || candidate >= end) break;
    if (candidate !== page && state[candidate] === SWAPPED) decision.pages[decision.count++] = candidate;
  }
  decision.marker = decision.count > 0 ? 0 : -1;
  decision.source = PC_STRIDE;
  return decision;
}
