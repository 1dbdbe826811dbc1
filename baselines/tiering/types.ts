import type { Heuristic } from "../../kernel/subsystem.ts";
import type { TieringDecision } from "../../kernel/tiering/decision.ts";
import type { TieringView } from "../../kernel/tiering/view.ts";
import type { HeuristicEntry } from "../heuristic_entry.ts";

/** A policy for the tiering subsystem. */
export type TieringHeuristic = Heuristic<TieringView, TieringDecision>;

/** A tiering heuristic as the catalogue lists it. */
export type TieringEntry = HeuristicEntry<TieringView, TieringDecision>;
