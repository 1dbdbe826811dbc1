import type { TieringView } from "./view.ts";

/**
 * A tier is critical at this ratio of loaded latency to unloaded latency. Source: choice. The heaviest background load
 * of the Colloid artifact brings the fast tier to 5.2 times its latency here. Memory that answers seven times as late
 * has no bandwidth left to move pages.
 */
const CRITICAL_RATIO = 7;

/**
 * Returns how critical the load on memory is, 0 to 1: how much later the most loaded tier answers than without load.
 * Latency shows load better than utilisation does, because a closed loop always comes close to the bandwidth. Memory
 * controllers count what both need.
 */
export function tieringPressure({ tiers }: TieringView): number {
  let highest = 1;
  for (let i = 0; i < tiers.length; i++) {
    const ratio = tiers[i].latency / tiers[i].unloadedLatency;
    if (ratio > highest) highest = ratio;
  }
  return Math.min(1, (highest - 1) / (CRITICAL_RATIO - 1));
}
