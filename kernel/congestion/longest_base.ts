import { returnNs } from "./ideal_time.ts";
import { HEADER, MTU } from "./scenario.ts";
import type { Topology } from "./topology.ts";
import type { CongestionWorkload } from "./workload.ts";

const known = new WeakMap<CongestionWorkload, number>();

/** Longest round trip of a packet on the empty fabric among the pairs of hosts that communicate, ns. */
export function longestBase(workload: CongestionWorkload): number {
  let longest = known.get(workload);
  if (longest === undefined) {
    longest = 1;
    const { topology, messages, smc } = workload;
    for (const { src, dst } of messages) longest = Math.max(longest, base(topology, src, dst));
    for (const { client, server, transport } of smc?.connections ?? []) {
      if (transport !== "smc-d") longest = Math.max(longest, base(topology, client, server));
    }
    known.set(workload, longest);
  }
  return longest;
}

function base(topology: Topology, src: number, dst: number): number {
  const path = topology.path(src, dst, 0);
  let time = returnNs(topology, path);
  for (const link of path) time += topology.delay[link] + (MTU + HEADER) / topology.rate[link];
  return time;
}
