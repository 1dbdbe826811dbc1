import { heuristicDecision } from "../../../baselines/readahead/heuristic_decision.ts";
import { MAX_READAHEAD, SOURCES } from "../../../kernel/readahead/decision.ts";
import { type ProgramContract, viewHeuristic } from "../../program/program_run.ts";

const OTHER = SOURCES.indexOf("other");

const VIEW = {
  constant: ["vmas", "pages", "programCounters", "device", "frames"],
  offered: ["counters"],
  questions: [
    "log.pageAt",
    "log.pcAt",
    "log.threadAt",
    "log.previousOfPageAt",
    "log.previousOfPcAt",
    "log.lastOfPage",
    "log.lastOfPc",
  ],
};

/**
 * Programs get the view of readahead and return `pages` and, if they like, `count`, `before`, `marker`, `source` and
 * `quiet`, the fields of `ReadaheadDecision`. Without `count` all pages are read; `source` is "other" by default. A
 * decision takes the time of a heuristic.
 */
export const readaheadPrograms: ProgramContract = {
  heuristic(run, program) {
    const decision = heuristicDecision();
    return viewHeuristic(run, program, VIEW, (returned) => {
      const length = returned.length("pages", MAX_READAHEAD);
      decision.count = returned.number("count", length);
      if (decision.count <= length) returned.numbers("pages", decision.pages, decision.count);
      decision.before = returned.number("before", 0);
      decision.marker = returned.number("marker", -1);
      decision.source = returned.number("source", OTHER);
      decision.quiet = returned.number("quiet", 0);
      return decision;
    });
  },
};
