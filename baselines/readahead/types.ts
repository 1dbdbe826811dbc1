import type { ReadaheadDecision } from "../../kernel/readahead/decision.ts";
import type { ReadaheadView } from "../../kernel/readahead/view.ts";
import type { Heuristic } from "../../kernel/subsystem.ts";
import type { HeuristicEntry } from "../heuristic_entry.ts";

/** A policy for swap-in readahead. */
export type ReadaheadHeuristic = Heuristic<ReadaheadView, ReadaheadDecision>;

/** A readahead heuristic as the catalogue lists it. */
export type ReadaheadEntry = HeuristicEntry<ReadaheadView, ReadaheadDecision>;
