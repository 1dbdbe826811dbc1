import type { Topology } from "../topology.ts";
import { assertCount, assertGbps } from "./assert_parts.ts";
import { CabledTopology } from "./cabled_topology.ts";
import { hostDelays } from "./host_delays.ts";
import { switchBuffer } from "./switch_buffer.ts";

/** Size, rate and delays of hosts around one switch. The rate is in Gb/s. */
export interface SingleSwitchOptions {
  /** At least 2. */
  hosts: number;
  /** Rate of every host's link. */
  gbps: number;
  /** Propagation of every link, ns. */
  delayNs: number;
  /** Propagation of each host's link, ns, instead of `delayNs`: for flows with different round trips. */
  delays?: readonly number[];
}

/** Creates hosts around one switch. Host i has cable i. Throws a RangeError for impossible options. */
export function singleSwitch({ hosts, gbps, delayNs, delays }: SingleSwitchOptions): Topology {
  const name = "single switch";
  assertCount(name, "hosts", hosts, 2);
  assertGbps(name, "gbps", gbps);
  const propagation = hostDelays(name, hosts, delayNs, delays);
  const cables = Array.from({ length: hosts }, (_, host) => ({
    a: host,
    b: hosts,
    gbps,
    delayNs: propagation[host],
  }));
  return new CabledTopology({ name, hosts, switches: 1, cables, buffer: switchBuffer(gbps, hosts, cables) });
}
