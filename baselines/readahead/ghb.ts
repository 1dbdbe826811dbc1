import { MAX_READAHEAD, SOURCES } from "../../kernel/readahead/decision.ts";
import { nothing, replayPages } from "../../kernel/readahead/page_sets.ts";
import { VmaRule } from "../../kernel/readahead/vma_rule.ts";
import type { Knob } from "../knobs.ts";
import { heuristicDecision } from "./heuristic_decision.ts";
import { PAGE_CLUSTER } from "./page_cluster.ts";
import { ReplayRecord } from "./replay_record.ts";
import type { ReadaheadEntry } from "./types.ts";

const REPLAY = SOURCES.indexOf("replay");

/** Pages that are replayed at once. */
const DEPTH: Knob = { name: "depth", min: 1, max: MAX_READAHEAD, scale: "log", start: 8, unit: "pages" };

/** Share of recent successors that were predicted right, from which the heuristic replays. */
const THRESHOLD: Knob = { name: "threshold", min: 0.02, max: 0.95, scale: "linear", start: 0.3 };

/**
 * Address correlation with a global history buffer: it reads the pages that followed this page the last time, in that
 * order, and continues at its marker. All swap accesses, replayed or not, measure whether history repeats. Where it
 * does not, and where a page has no history, the heuristic is Linux's readahead by VMA. Source: Nesbit and Smith (HPCA
 * 2004), G/AC.
 */
export const ghb: ReadaheadEntry = {
  name: "ghb",
  role: "published",
  description: "global history buffer (HPCA 2004): replays what followed this page last time, else windows by VMA",
  source: "Nesbit and Smith, HPCA 2004, G/AC",
  knobs: [DEPTH, THRESHOLD],
  create(values) {
    const decision = heuristicDecision();
    const depth = Math.round(values.depth);
    const record = new ReplayRecord();
    const rule = new VmaRule(PAGE_CLUSTER);
    return {
      name: "ghb",
      reset() {
        record.reset();
        rule.reset();
      },
      decide(view) {
        const { log, thread } = view;
        record.learn(log);
        if (record.accuracyOf(thread) >= values.threshold) {
          replayPages(view, log.previousOfPageAt(log.length - 1), depth, REPLAY, decision);
          if (decision.count > 0) return decision;
        }
        return view.kind === "marker" ? nothing(decision) : rule.decide(view, decision);
      },
    };
  },
};
