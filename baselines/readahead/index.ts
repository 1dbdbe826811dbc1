/**
 * Baselines of the swap-in readahead subsystem: the heuristics, their tuned constants, the bound on the cost,
 * and the clairvoyant reference.
 *
 * @module
 */

import { cluster, clusterTuned } from "./cluster.ts";
import { costBenefit } from "./cost_benefit.ts";
import { fdp } from "./fdp.ts";
import { fixed } from "./fixed.ts";
import { ghb } from "./ghb.ts";
import { kml } from "./kml.ts";
import { leap } from "./leap.ts";
import { leapArtifact } from "./leap_artifact.ts";
import { none, noneSync } from "./none.ts";
import { pcGhb } from "./pc_ghb.ts";
import { shadow } from "./shadow.ts";
import { stride, strideVma } from "./stride.ts";
import type { ReadaheadEntry } from "./types.ts";
import { vma, vmaSync, vmaTuned } from "./vma.ts";

export type { HeuristicEntry, Role } from "../heuristic_entry.ts";
export type { Knob, KnobValues } from "../knobs.ts";
export { readaheadBound } from "./bound.ts";
export { ClairvoyantReference as ReadaheadReference } from "./clairvoyant_reference.ts";
export { default as readaheadTuned } from "./tuned.json" with { type: "json" };
export { default as readaheadSyncTuned } from "./tuned_sync.json" with { type: "json" };
export type { ReadaheadEntry, ReadaheadHeuristic } from "./types.ts";

/** The published heuristics that are compared on all devices. */
const published: readonly ReadaheadEntry[] = [
  vmaTuned,
  cluster,
  clusterTuned,
  leap,
  leapArtifact,
  stride,
  strideVma,
  fdp,
  shadow,
  ghb,
  pcGhb,
  kml,
];

/** Every heuristic for asynchronous devices, the default first. */
export const readaheadHeuristics: readonly ReadaheadEntry[] = [vma, none, fixed, ...published, costBenefit];

/**
 * Every heuristic for synchronous devices, the default first. A stock kernel reads nothing ahead there. All other
 * heuristics show what reading ahead would do.
 */
export const readaheadSyncHeuristics: readonly ReadaheadEntry[] = [noneSync, vmaSync, fixed, ...published, costBenefit];
