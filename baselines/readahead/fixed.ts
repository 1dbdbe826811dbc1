import { MAX_READAHEAD } from "../../kernel/readahead/decision.ts";
import { swappedRange } from "../../kernel/readahead/page_sets.ts";
import type { Knob } from "../knobs.ts";
import { heuristicDecision } from "./heuristic_decision.ts";
import type { ReadaheadEntry } from "./types.ts";

/** Pages of the window, including the faulting page. */
const WINDOW: Knob = { name: "window", min: 2, max: MAX_READAHEAD, scale: "log", start: 8, unit: "pages" };

/** Share of the window that lies behind the fault: 0 all ahead, 0.5 around, 1 all behind. */
const BEHIND: Knob = { name: "behind", min: 0, max: 1, scale: "linear", start: 0 };

/** The same window at every fault. */
export const fixed: ReadaheadEntry = {
  name: "fixed",
  role: "static",
  description: "the one window at every fault that is best on the training split",
  knobs: [WINDOW, BEHIND],
  create(values) {
    const decision = heuristicDecision();
    const window = Math.round(values.window);
    const behind = Math.round(values.behind * (window - 1));
    return {
      name: "fixed",
      reset() {},
      decide: (view) => swappedRange(view, view.page - behind, view.page - behind + window, decision),
    };
  },
};
