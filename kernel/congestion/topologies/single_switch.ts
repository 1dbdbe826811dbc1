import type { Topology } from "../topology.ts";
import { assertCount, assertDelay, assertGbps } from "./assert_parts.ts";
import { Fabric } from "./fabric.ts";
import { switchBuffer } from "./switch_buffer.ts";

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
  assertDelay(name, "delayNs", delayNs);
  if (delays !== undefined && delays.length !== hosts) {
    throw new RangeError(`${name}: ${hosts} hosts need as many delays, got ${delays.length}`);
  }
  delays?.forEach((delay, host) => {
    assertDelay(name, `delay of host ${host}`, delay);
  });
  const cables = Array.from({ length: hosts }, (_, host) => ({
    a: host,
    b: hosts,
    gbps,
    delayNs: delays?.[host] ?? delayNs,
  }));
  return new Fabric({ name, hosts, switches: 1, cables, buffer: switchBuffer(gbps) });
}
