import { ACK_BYTES, HEADER, MTU } from "./scenario.ts";
import type { SmcConnection, SmcRequest } from "./smc/traffic.ts";
import { reverse, type Topology } from "./topology.ts";

/*
 * Times on the empty fabric, ns. They are those of single packets of `MTU` bytes with `HEADER` on the wire, forwarded by each
 * switch when they have arrived whole, whatever chunks are simulated and whatever else a program puts into its packets. A chunk
 * arrives no earlier than its last packet would by itself, and telemetry makes packets longer: nothing that is simulated is
 * faster than this, but for `EARLY_NS`, so slowdowns of messages are at least 1. With chunks of four packets a lone message of one chunk has 1.06.
 *
 * A path without links is memory that two sockets of one machine share: nothing takes any time on it.
 */

/**
 * By how much a packet may begin too early on a link, ns: the simulated time moves in whole ns, and a link that was busy goes
 * on at a fraction. What has to be certain allows for it on every link.
 */
export const EARLY_NS = 1;

/** What a message is on the wire of one link, bytes: its payload and the headers of its packets. */
export function wireBytes(bytes: number): number {
  return bytes + HEADER * Math.ceil(bytes / MTU);
}

/** Payload of the first packet of a message, and its header: what has to arrive before the next link can begin. */
export function firstPacket(bytes: number): number {
  return Math.min(bytes, MTU) + HEADER;
}

/** The same of its last packet. */
export function lastPacket(bytes: number): number {
  return bytes - MTU * (Math.ceil(bytes / MTU) - 1) + HEADER;
}

/** A packet of one byte: what has to pass other links, where a message may have been cut anywhere. */
export const LEAST_PACKET = 1 + HEADER;

/** What bytes are on the wire at the least, when they may share packets with others. */
export function streamWireBytes(bytes: number): number {
  return bytes * (1 + HEADER / MTU);
}

/**
 * From a message's release until its first bit can enter the link at position `hop` of its path.
 *
 * @param packet its first packet on the wire, bytes
 */
export function headNs({ rate, delay }: Topology, path: Int32Array, hop: number, packet: number): number {
  let time = 0;
  for (let h = 0; h < hop; h++) time += packet / rate[path[h]] + delay[path[h]];
  return time;
}

/**
 * From a message's last bit's entering the link at position `hop` of its path until it has been delivered.
 *
 * @param packet its last packet on the wire, bytes
 */
export function tailNs({ rate, delay }: Topology, path: Int32Array, hop: number, packet: number): number {
  let time = delay[path[hop]];
  for (let h = hop + 1; h < path.length; h++) time += packet / rate[path[h]] + delay[path[h]];
  return time;
}

/** From a message's release until its last bit has arrived: all packets but the last are full, and the slowest link is never idle. */
export function deliveryNs({ rate, delay }: Topology, path: Int32Array, bytes: number): number {
  const packets = Math.ceil(bytes / MTU);
  const last = lastPacket(bytes);
  const full = MTU + HEADER;
  // When the last packet has left the link, and the one before it. With one packet the latter is never waited for.
  let leaves = 0;
  let before = 0;
  let slowest = 0;
  let flight = 0;
  for (let h = 0; h < path.length; h++) {
    const link = path[h];
    slowest = Math.max(slowest, full / rate[link]);
    if (packets > 1) flight += full / rate[link];
    // The first packet arrives after `flight`; the others follow at the pace of the slowest link so far.
    before = packets > 1 ? flight + (packets - 2) * slowest : 0;
    leaves = Math.max(leaves, before) + last / rate[link];
    flight += delay[link];
    leaves += delay[link];
  }
  return leaves;
}

/** From a message's delivery until its sender has heard of it: the last acknowledgement, which meets no queue. */
export function returnNs({ rate, delay }: Topology, path: Int32Array): number {
  let time = 0;
  for (const link of path) time += ACK_BYTES / rate[reverse(link)] + delay[reverse(link)];
  return time;
}

/**
 * What a message takes alone, to its sender's last acknowledgement: its slowdown is what it took from its release, over this.
 * Source: the standalone time of the packet simulators of HPCC and PowerTCP, which print 170.1 us for 2 MB over one switch
 * between links of 100 Gb/s and 1 us; this says 169.9.
 */
export function idealNs(topology: Topology, path: Int32Array, bytes: number): number {
  return deliveryNs(topology, path, bytes) + returnNs(topology, path);
}

/**
 * From the first bit's release until the last has arrived, of bytes that may be cut anywhere and share packets with others, as
 * sockets do with them. At most `deliveryNs` of as many.
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
 * From a client's writing a request until its server's response is written, at the earliest: a server that reads anyway does
 * so without delay.
 */
export function responseNs(topology: Topology, { requestBytes, serviceNs }: SmcRequest, there: Int32Array): number {
  return streamNs(topology, there, requestBytes) + serviceNs;
}

/**
 * What a request takes alone, from the client's writing it until it has read the response, with neither windows nor messages
 * of the socket layer in the way. Where there is no response, until the server has read it. At least 1. Among others, a request
 * may take less by the two delays of reading: a socket that reads anyway reads at once.
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
