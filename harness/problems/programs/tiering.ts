import type { TieringDecision } from "../../../kernel/tiering/decision.ts";
import type { TieringView } from "../../../kernel/tiering/view.ts";
import { type ProgramContract, viewHeuristic } from "../../program/program_run.ts";
import type { Returned } from "../../program/returned.ts";

const MECHANISMS = ["none", "hint-fault", "histogram", "explicit"] as const;
const MONITORS = ["sampling", "damon"] as const;

/**
 * Programs get the view of tiering and return a decision of one of its mechanisms, with the fields of
 * `TieringDecision`. The counts of `explicit` may be left out: then all pages of the lists move.
 */
export const tieringPrograms: ProgramContract = {
  heuristic: (run, program) => viewHeuristic(run, program, { constant: ["pages", "pageBytes"] }, readDecision),
};

function readDecision(returned: Returned, { pages }: TieringView): TieringDecision {
  const mechanism = returned.choice("mechanism", MECHANISMS);
  switch (mechanism) {
    case "none":
      return { mechanism };
    case "hint-fault":
      return {
        mechanism,
        hotThresholdMs: returned.number("hotThresholdMs"),
        scanRate: returned.number("scanRate"),
        promoteRate: returned.number("promoteRate"),
      };
    case "histogram":
      return {
        mechanism,
        fastShare: returned.number("fastShare"),
        moveRate: returned.number("moveRate"),
        recency: returned.number("recency"),
        hysteresis: returned.number("hysteresis"),
        monitor: returned.has("monitor") ? returned.choice("monitor", MONITORS) : undefined,
      };
    case "explicit": {
      const promote = pageList(returned, "promote", pages);
      const demote = pageList(returned, "demote", pages);
      const moveRate = returned.number("moveRate");
      return { mechanism, promote, promoteCount: promote.length, demote, demoteCount: demote.length, moveRate };
    }
  }
}

function pageList(returned: Returned, name: "promote" | "demote", most: number): Int32Array {
  const length = returned.length(name, most);
  const list = new Int32Array(Math.min(length, returned.number(`${name}Count`, length)));
  returned.numbers(name, list, list.length);
  return list.filter((page) => page >= 0 && page < most);
}
