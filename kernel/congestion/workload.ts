import type { SmcTraffic } from "./smc/traffic.ts";
import type { Topology } from "./topology.ts";

/**
 * What is sent over a fabric: messages, each from one host to another. Immutable, shared between forks, indexed by work
 * done: a message that waits for others starts when they are delivered, however long that takes.
 */
export interface CongestionWorkload {
  readonly name: string;
  readonly topology: Topology;
  readonly messages: readonly Message[];
  /**
   * Whether messages depend on each other so that only the time until all are done counts (collectives): its slowdown is
   * what is judged, not the messages'.
   */
  readonly makespan: boolean;
  /** Sockets that speak SMC-R, beside the messages; null for none. */
  readonly smc: SmcTraffic | null;
}

/** Some bytes that one host sends to another. */
export interface Message {
  readonly src: number;
  /** Another host than `src`. */
  readonly dst: number;
  /** A whole number, at least 1. */
  readonly bytes: number;
  /** ns, a whole number: after the beginning, or after the last message of group `after` was delivered. */
  readonly start: number;
  /** Group of which all messages must have been delivered before; -1 for none. */
  readonly after: number;
  /** Group it belongs to; -1 for none. Groups are numbered from 0. */
  readonly group: number;
  /**
   * Messages of the same connection share a queue pair, one after another, which keeps its rate while it is not idle for
   * long; -1 for a queue pair of its own.
   */
  readonly connection: number;
}
