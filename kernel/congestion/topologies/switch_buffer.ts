import { MOST_MTU_PER_CHUNK } from "../assert_scenario.ts";
import { portHeadroom, RESERVE } from "../flow_control.ts";
import { fromGbps } from "../units.ts";
import type { Cable } from "./cabled_topology.ts";

const MIB = 2 ** 20;

/** Shared buffer of a switch for hosts of 50 Gb/s, bytes. It grows with the rate. Source: HPCC's packet simulator. */
const BUFFER_AT_50_GBPS = 16 * MIB;

/** Smallest buffer of a switch, bytes. Source: choice, so that slow fabrics can still hold a burst of many senders. */
const LEAST_BUFFER = 8 * MIB;

/**
 * Shared buffer of a switch whose hosts have links of `gbps`, bytes. Where the headroom that lossless links of the
 * cables' lengths need would take all of it, the switch has it in addition, as switches with deep buffers do.
 */
export function switchBuffer(gbps: number, hosts: number, cables: readonly Cable[]): number {
  const buffer = Math.max(LEAST_BUFFER, Math.round((BUFFER_AT_50_GBPS * gbps) / 50));
  const headroom = new Map<number, number>();
  for (const { a, b, gbps: rate, delayNs } of cables) {
    const port = portHeadroom(fromGbps(rate), delayNs, MOST_MTU_PER_CHUNK) + RESERVE;
    for (const node of [a, b]) if (node >= hosts) headroom.set(node, (headroom.get(node) ?? 0) + port);
  }
  const most = Math.max(...headroom.values());
  return most < buffer ? buffer : buffer + Math.ceil(most);
}
