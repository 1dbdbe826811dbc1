import type { TieringView } from "./view.ts";

/**
 * Loaded latency over the unloaded one at which a tier is critical. Source: choice; the heaviest background of Colloid's artifact
 * brings the fast tier to 5.2 times its latency here, and memory that answers seven times as late has no bandwidth left to move
 * pages with.
 */
const CRITICAL_RATIO = 7;

/**
 * How critical the load on memory is, 0 to 1: by how much the most loaded tier answers later than without load, in which
 * utilisation shows better than in itself, because a closed loop always comes close to the bandwidth. Memory controllers count
 * what both take.
 */
export function tieringPressure({ tiers }: TieringView): number {
  let highest = 1;
  for (let i = 0; i < tiers.length; i++) {
    const ratio = tiers[i].latency / tiers[i].unloadedLatency;
    if (ratio > highest) highest = ratio;
  }
  return Math.min(1, (highest - 1) / (CRITICAL_RATIO - 1));
}
