import { ACK_BYTES, HEADER, MTU } from "./scenario.ts";
import type { SmcConnection, SmcRequest } from "./smc/traffic.ts";
import { reverse, type Topology } from "./topology.ts";

/**
 * Times on the empty fabric, ns. They assume single packets of `MTU` bytes with `HEADER` on the wire, which each switch
 * forwards when they have arrived whole. They do not depend on simulated chunks or on what a program adds to its
 * packets. A chunk arrives no earlier than its last packet would alone, and telemetry makes packets longer. So nothing
 * in the simulation is faster than these times, except by `EARLY_NS`, and slowdowns of messages are at least 1. With
 * chunks of four packets, a lone message of one chunk has 1.06.
 *
 * A path without links is memory that two sockets of one machine share: it takes no time.
 */

/**
 * Time by which a packet may start too early on a link, ns: events are at whole ns, and a link that was busy continues
 * at a fraction. Lower bounds allow for it on every link.
 */
export const EARLY_NS = 1;

/** Size of a message on the wire of one link, bytes: its payload and the headers of its packets. */
export function wireBytes(bytes: number): number {
  return bytes + HEADER * Math.ceil(bytes / MTU);
}

/** Size of the first packet of a message with its header, bytes. It has to arrive before the next link can start. */
export function firstPacket(bytes: number): number {
  return Math.min(bytes, MTU) + HEADER;
}

/** Size of the last packet of a message with its header, bytes. */
export function lastPacket(bytes: number): number {
  return bytes - MTU * (Math.ceil(bytes / MTU) - 1) + HEADER;
}

/** Size of a packet of one byte: the least that has to pass other links when a message may be cut anywhere. */
export const LEAST_PACKET = 1 + HEADER;

/** Least size on the wire of bytes that may share packets with others. */
export function streamWireBytes(bytes: number): number {
  return bytes * (1 + HEADER / MTU);
}

/**
 * Time from a message's release until its first bit can enter the link at position `hop` of its path.
 *
 * @param packet size of its first packet on the wire, bytes
 */
export function headNs({ rate, delay }: Topology, path: Int32Array, hop: number, packet: number): number {
  let time = 0;
  for (let h = 0; h < hop; h++) time += packet / rate[path[h]] + delay[path[h]];
  return time;
}

/**
 * Time from a message's last bit entering the link at position `hop` of its path until the message is delivered.
 *
 * @param packet size of its last packet on the wire, bytes
 */
export function tailNs({ rate, delay }: Topology, path: Int32Array, hop: number, packet: number): number {
  let time = delay[path[hop]];
  for (let h = hop + 1; h < path.length; h++) time += packet / rate[path[h]] + delay[path[h]];
  return time;
}

/**
 * Time from a message's release until its last bit arrives. All packets but the last are full, and the slowest link is
 * never idle.
 */
export function deliveryNs({ rate, delay }: Topology, path: Int32Array, bytes: number): number {
  const packets = Math.ceil(bytes / MTU);
  const last = lastPacket(bytes);
  const full = MTU + HEADER;
  // Times at which the last packet and the one before it leave the link. With a single packet nothing is before it.
  let leaves = 0;
  let before = 0;
  let slowest = 0;
  let flight = 0;
  for (let h = 0; h < path.length; h++) {
    const link = path[h];
    slowest = Math.max(slowest, full / rate[link]);
    if (packets > 1) flight += full / rate[link];
    // The first packet arrives after `flight`. The others follow at the pace of the slowest link so far.
    before = packets > 1 ? flight + (packets - 2) * slowest : 0;
    leaves = Math.max(leaves, before) + last / rate[link];
    flight += delay[link];
    leaves += delay[link];
  }
  return leaves;
}

/**
 * Time from a message's delivery until its sender knows of it: that of the last acknowledgement, which meets no queue.
 */
export function returnNs({ rate, delay }: Topology, path: Int32Array): number {
  let time = 0;
  for (const link of path) time += ACK_BYTES / rate[reverse(link)] + delay[reverse(link)];
  return time;
}

/**
 * Time of a message alone, until its sender gets the last acknowledgement. The message's slowdown is its time from
 * release divided by this. Source: the standalone time of the packet simulators of HPCC and PowerTCP, which print 170.1
 * us for 2 MB over one switch between links of 100 Gb/s and 1 us; this function gives 169.9.
 */
export function idealNs(topology: Topology, path: Int32Array, bytes: number): number {
  return deliveryNs(topology, path, bytes) + returnNs(topology, path);
}

/**
 * Time from the release of the first bit until the last has arrived, for bytes that may be cut anywhere and share
 * packets with others, as those of sockets do. At most `deliveryNs` of as many bytes.
 */
export function streamNs({ rate, delay }: Topology, path: Int32Array, bytes: number): number {
  let time = 0;
  let slowest = 0;
  for (const link of path) {
    time += LEAST_PACKET / rate[link] + delay[link];
    slowest = Math.max(slowest, (streamWireBytes(bytes) - LEAST_PACKET) / rate[link]);
  }
  return time + slowest;
}

/**
 * Earliest time from a client's write of a request until its server has written the response. A server that is already
 * reading does not wait.
 */
export function responseNs(topology: Topology, { requestBytes, serviceNs }: SmcRequest, there: Int32Array): number {
  return streamNs(topology, there, requestBytes) + serviceNs;
}

/**
 * Time of a request alone, from the client's write until it has read the response, without the windows and messages of
 * the socket layer. Without a response it is the time until the server has read the request. At least 1. Among other
 * requests, a request may take less by the two read delays, because a socket that is already reading reads at once.
 *
 * @param there links from the client to the server
 * @param back links from the server to the client
 */
export function requestIdealNs(
  topology: Topology,
  request: SmcRequest,
  connection: SmcConnection,
  there: Int32Array,
  back: Int32Array,
): number {
  const { requestBytes, responseBytes } = request;
  const { readDelayNs } = connection;
  if (responseBytes === 0) return Math.max(1, streamNs(topology, there, requestBytes) + readDelayNs);
  const written = responseNs(topology, request, there) + readDelayNs;
  return Math.max(1, written + streamNs(topology, back, responseBytes) + readDelayNs);
}
