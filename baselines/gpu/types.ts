import type { GpuDecision } from "../../kernel/gpu/decision.ts";
import type { GpuView } from "../../kernel/gpu/view.ts";
import type { Heuristic } from "../../kernel/subsystem.ts";
import type { HeuristicEntry } from "../heuristic_entry.ts";

/** A policy for sharing a GPU. */
export type GpuHeuristic = Heuristic<GpuView, GpuDecision>;

/** A GPU heuristic as the catalogue lists it. */
export type GpuEntry = HeuristicEntry<GpuView, GpuDecision>;
