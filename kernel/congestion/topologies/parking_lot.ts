import { MOST_HOPS, type Topology } from "../topology.ts";
import { assertCount, assertDelay, assertGbps } from "./assert_parts.ts";
import { CabledTopology } from "./cabled_topology.ts";
import { switchBuffer } from "./switch_buffer.ts";

/** Size, rate and delay of a parking lot. The rate is in Gb/s. */
export interface ParkingLotOptions {
  /** Number of trunks in the chain. There is one switch more. */
  hops: number;
  /** Hosts at each switch. Switch s has the hosts from s x hostsPerSwitch on. */
  hostsPerSwitch: number;
  /** Rate of every link. */
  gbps: number;
  /** Propagation of every link, ns. */
  delayNs: number;
}

/**
 * Creates a chain of switches with hosts at each, in which a long path meets other traffic at every hop. Host i has
 * cable i; the trunks follow. Throws a RangeError for impossible options.
 */
export function parkingLot({ hops, hostsPerSwitch, gbps, delayNs }: ParkingLotOptions): Topology {
  const name = "parking lot";
  assertCount(name, "hops", hops, 1, MOST_HOPS - 2);
  assertCount(name, "hostsPerSwitch", hostsPerSwitch, 1);
  assertGbps(name, "gbps", gbps);
  assertDelay(name, "delayNs", delayNs);
  const switches = hops + 1;
  const hosts = switches * hostsPerSwitch;
  const cables = Array.from({ length: hosts }, (_, host) => ({
    a: host,
    b: hosts + Math.floor(host / hostsPerSwitch),
    gbps,
    delayNs,
  }));
  for (let s = 0; s < hops; s++) cables.push({ a: hosts + s, b: hosts + s + 1, gbps, delayNs });
  return new CabledTopology({ name, hosts, switches, cables, buffer: switchBuffer(gbps, hosts, cables) });
}
