import type { Topology } from "../topology.ts";
import { assertCount, assertDelay, assertGbps } from "./assert_parts.ts";
import { CabledTopology } from "./cabled_topology.ts";
import { switchBuffer } from "./switch_buffer.ts";

/** Size, rates and delay of a dumbbell. Rates are in Gb/s. */
export interface DumbbellOptions {
  /** Hosts at the first switch: 0 to `left - 1`. */
  left: number;
  /** Hosts at the second switch: `left` to `left + right - 1`. */
  right: number;
  /** Rate of every host's link. */
  gbps: number;
  /** Rate of the trunk between the switches. */
  trunkGbps: number;
  /** Propagation of every link, ns. */
  delayNs: number;
}

/**
 * Creates two switches with hosts, and one cable between the switches. Host i has cable i. Throws a RangeError for
 * impossible options.
 */
export function dumbbell({ left, right, gbps, trunkGbps, delayNs }: DumbbellOptions): Topology {
  const name = "dumbbell";
  assertCount(name, "left", left, 1);
  assertCount(name, "right", right, 1);
  assertGbps(name, "gbps", gbps);
  assertGbps(name, "trunkGbps", trunkGbps);
  assertDelay(name, "delayNs", delayNs);
  const hosts = left + right;
  const cables = Array.from({ length: hosts }, (_, host) => ({
    a: host,
    b: host < left ? hosts : hosts + 1,
    gbps,
    delayNs,
  }));
  cables.push({ a: hosts, b: hosts + 1, gbps: trunkGbps, delayNs });
  return new CabledTopology({ name, hosts, switches: 2, cables, buffer: switchBuffer(gbps, hosts, cables) });
}
