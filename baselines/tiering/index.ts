/**
 * Baselines of the memory tiering subsystem: the heuristics, their tuned constants, the bound on the cost,
 * and the clairvoyant reference.
 *
 * @module
 */

import { autonuma } from "./autonuma.ts";
import { firstTouch } from "./first_touch.ts";
import { levelLaw } from "./level_law.ts";
import { lru } from "./lru.ts";
import { memtis } from "./memtis.ts";
import { memtisColloid } from "./memtis_colloid.ts";
import { staticKnobs } from "./static_knobs.ts";
import type { TieringEntry } from "./types.ts";

export type { HeuristicEntry, Role } from "../heuristic_entry.ts";
export type { Knob, KnobValues } from "../knobs.ts";
export { tieringBound } from "./bound.ts";
export { GreedyReference as TieringReference } from "./greedy_reference.ts";
export { default as tieringTuned } from "./tuned.json" with { type: "json" };
export type { TieringEntry, TieringHeuristic } from "./types.ts";

/** Every tiering heuristic, the default first. */
export const tieringHeuristics: readonly TieringEntry[] = [
  autonuma,
  firstTouch,
  lru,
  staticKnobs,
  memtis,
  memtisColloid,
  levelLaw,
];
