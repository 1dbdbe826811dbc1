import { type LeastSlowdown, tailCount } from "./cost.ts";
import {
  deliveryNs,
  EARLY_NS,
  firstPacket,
  headNs,
  LEAST_PACKET,
  lastPacket,
  requestIdealNs,
  responseNs,
  returnNs,
  streamNs,
  streamWireBytes,
  tailNs,
  wireBytes,
} from "./ideal_time.ts";
import { leastMakespan } from "./least_makespan.ts";
import { type Demand, LinkDemands } from "./link_demands.ts";
import type { CongestionWorkload } from "./workload.ts";

/** Relative error that rounding may cause in a sum. */
const ROUNDING = 1e-9;

/** The links that the packets of a run take. They depend on the seed and not on decisions. */
export interface Routes {
  message(index: number): Int32Array;
  /** From the client to the server, for any of its queue pairs; empty through memory. */
  request(index: number): Int32Array;
  /** From the server to the client, likewise. */
  response(index: number): Int32Array;
}

/**
 * Lower bounds that no policy can beat: on the worst slowdown, and on the mean slowdown of the slowest `TAIL_SHARE` of
 * all messages and requests. Where only the makespan counts, it bounds the makespan.
 *
 * The bounds hold for every policy, whatever it knows. They use only two facts: links send no faster than their rate
 * (`LinkDemands`), and nothing is faster than alone. They ignore the windows and messages of the socket layer. Messages
 * that wait for the same group are released together, at an unknown time, so they are compared only with each other.
 */
export function leastSlowdown(workload: CongestionWorkload, routes: Routes): LeastSlowdown {
  const { messages, smc } = workload;
  if (workload.makespan) {
    const least = Math.max(leastMakespan(workload, routes.message), lastRequest(workload, routes)) * (1 - ROUNDING);
    return { tail: least, worst: least };
  }
  const demands = new LinkDemands();
  for (const { rate, list } of demandLists(workload, routes)) demands.add(rate, list);
  const bounds = demands.worst(tailCount(messages.length + (smc?.requests.length ?? 0)));
  const sum = bounds.reduce((total, bound) => total + bound, 0);
  return {
    tail: Math.max(1, (sum / bounds.length) * (1 - ROUNDING)),
    worst: Math.max(1, bounds[0] * (1 - ROUNDING)),
  };
}

interface DemandList {
  readonly rate: number;
  readonly list: Demand[];
}

/** The demands of messages on links: one list for each link and each group that messages wait for. */
function demandLists(workload: CongestionWorkload, routes: Routes): Iterable<DemandList> {
  const { topology, messages, smc } = workload;
  const lists = new Map<number, DemandList>();
  const links = topology.rate.length;
  const add = (link: number, after: number, demand: Demand): void => {
    const key = (after + 1) * links + link;
    const others = lists.get(key);
    if (others === undefined) lists.set(key, { rate: topology.rate[link], list: [demand] });
    else others.list.push(demand);
  };
  messages.forEach(({ bytes, start, after }, index) => {
    const path = routes.message(index);
    const back = returnNs(topology, path);
    const early = EARLY_NS * path.length;
    const ideal = deliveryNs(topology, path, bytes) + back;
    for (let hop = 0; hop < path.length; hop++) {
      add(path[hop], after, {
        bytes: wireBytes(bytes),
        start: start + headNs(topology, path, hop, firstPacket(bytes)) - early,
        offset: start - tailNs(topology, path, hop, lastPacket(bytes)) - back + early,
        ideal,
      });
    }
  });
  smc?.requests.forEach((request, index) => {
    const { start, requestBytes, responseBytes } = request;
    const connection = smc.connections[request.connection];
    const there = routes.request(index);
    const back = routes.response(index);
    const ideal = requestIdealNs(topology, request, connection, there, back);
    const early = EARLY_NS * (there.length + back.length);
    const written = responseNs(topology, request, there);
    // Each leg has an earliest start and a least time that follows it.
    const legs = [{ path: there, bytes: requestBytes, begin: 0, after: 0 }];
    if (responseBytes > 0) {
      legs[0].after = request.serviceNs + streamNs(topology, back, responseBytes);
      legs.push({ path: back, bytes: responseBytes, begin: written, after: 0 });
    }
    for (const { path, bytes, begin, after } of legs) {
      for (let hop = 0; hop < path.length; hop++) {
        // The links between the hosts' own links depend on the socket's queue pair, so they are unknown here.
        if (hop > 0 && hop < path.length - 1) continue;
        add(path[hop], -1, {
          bytes: streamWireBytes(bytes),
          start: start + begin + headNs(topology, path, hop, LEAST_PACKET) - early,
          offset: start - tailNs(topology, path, hop, LEAST_PACKET) - after + early,
          ideal,
        });
      }
    }
  });
  return lists.values();
}

/** Earliest time at which all requests can be done, ns; 0 without requests. */
function lastRequest({ topology, smc }: CongestionWorkload, routes: Routes): number {
  let last = 0;
  smc?.requests.forEach((request, index) => {
    const connection = smc.connections[request.connection];
    const ideal = requestIdealNs(topology, request, connection, routes.request(index), routes.response(index));
    last = Math.max(last, request.start + ideal);
  });
  return last;
}
