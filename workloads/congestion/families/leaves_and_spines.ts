import { leafSpine } from "../../../kernel/congestion/topologies/leaf_spine.ts";
import type { Topology } from "../../../kernel/congestion/topology.ts";
import type { EpisodeDraw } from "../episode_draw.ts";

/**
 * Leaves and spines whose links are as fast as those of the hosts. With as many spines as hosts per leaf, no leaf is
 * oversubscribed.
 */
export function leavesAndSpines(
  draw: EpisodeDraw,
  [leaves, spines, hostsPerLeaf]: readonly [number, number, number],
  delays?: readonly number[],
): Topology {
  const { gbps, delayNs } = draw;
  return leafSpine({ leaves, spines, hostsPerLeaf, gbps, fabricGbps: gbps, delayNs, ...(delays && { delays }) });
}
