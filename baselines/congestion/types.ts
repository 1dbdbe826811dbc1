import type { CongestionDecision } from "../../kernel/congestion/decision.ts";
import type { CongestionView } from "../../kernel/congestion/view.ts";
import type { Heuristic } from "../../kernel/subsystem.ts";
import type { HeuristicEntry } from "../heuristic_entry.ts";

/** A policy that sets the rates of queue pairs. */
export type CongestionHeuristic = Heuristic<CongestionView, CongestionDecision>;

/** A congestion control heuristic as the catalogue lists it. */
export interface CongestionEntry extends HeuristicEntry<CongestionView, CongestionDecision> {
  readonly information: Information;
}

/**
 * What a program is told about the network, apart from the arrival of acknowledgements. "senders" is the number of
 * queue pairs that share its last link.
 */
export type Information = "none" | "RTT" | "ECN" | "INT" | "senders";
