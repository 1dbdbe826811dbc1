import type { Topology } from "../topology.ts";
import { assertCount, assertGbps } from "./assert_parts.ts";
import { CabledTopology } from "./cabled_topology.ts";
import { hostDelays } from "./host_delays.ts";
import { switchBuffer } from "./switch_buffer.ts";

/** Size, rates and delays of a leaf-spine fabric. Rates are in Gb/s. */
export interface LeafSpineOptions {
  leaves: number;
  spines: number;
  /** Hosts per leaf. Leaf l has the hosts from l x hostsPerLeaf on. */
  hostsPerLeaf: number;
  /** Rate of every host's link. */
  gbps: number;
  /** Rate of every link between a leaf and a spine. */
  fabricGbps: number;
  /** Propagation of every link, ns. */
  delayNs: number;
  /** Propagation of each host's link, ns, instead of `delayNs`. */
  delays?: readonly number[];
}

/**
 * Creates leaves with hosts, and a cable from every leaf to every spine. Nodes are numbered hosts, leaves, spines. A
 * packet to another leaf goes through the spine that the hash chooses. Throws a RangeError for impossible options.
 */
export function leafSpine(options: LeafSpineOptions): Topology {
  const { leaves, spines, hostsPerLeaf, gbps, fabricGbps, delayNs, delays } = options;
  const name = "leaf-spine";
  assertCount(name, "leaves", leaves, 1);
  assertCount(name, "spines", spines, 1);
  assertCount(name, "hostsPerLeaf", hostsPerLeaf, 1);
  assertGbps(name, "gbps", gbps);
  assertGbps(name, "fabricGbps", fabricGbps);
  const hosts = leaves * hostsPerLeaf;
  const propagation = hostDelays(name, hosts, delayNs, delays);
  const cables = Array.from({ length: hosts }, (_, host) => ({
    a: host,
    b: hosts + Math.floor(host / hostsPerLeaf),
    gbps,
    delayNs: propagation[host],
  }));
  for (let leaf = 0; leaf < leaves; leaf++) {
    for (let spine = 0; spine < spines; spine++) {
      cables.push({ a: hosts + leaf, b: hosts + leaves + spine, gbps: fabricGbps, delayNs });
    }
  }
  return new CabledTopology({
    name,
    hosts,
    switches: leaves + spines,
    cables,
    buffer: switchBuffer(gbps, hosts, cables),
  });
}
