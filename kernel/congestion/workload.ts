import type { SmcTraffic } from "./smc/traffic.ts";
import type { Topology } from "./topology.ts";

/**
 * The traffic over a fabric: messages, each from one host to another. Immutable, shared between forks. It is indexed by
 * progress and not by time: a message that waits for others starts when they are delivered, however long that takes.
 */
export interface CongestionWorkload {
  readonly name: string;
  readonly topology: Topology;
  readonly messages: readonly Message[];
  /**
   * Whether only the makespan counts, the time until all messages are done. True for collectives, whose messages depend
   * on each other: the cost then judges the slowdown of the makespan and not those of the messages.
   */
  readonly makespan: boolean;
  /** Sockets that use SMC-R, in addition to the messages; null for none. */
  readonly smc: SmcTraffic | null;
}

/** A number of bytes that one host sends to another. */
export interface Message {
  readonly src: number;
  /** A host other than `src`. */
  readonly dst: number;
  /** A whole number, at least 1. */
  readonly bytes: number;
  /** Time after the start of the run, or after the last message of group `after` is delivered, ns, a whole number. */
  readonly start: number;
  /** Group whose messages must all be delivered first; -1 for none. */
  readonly after: number;
  /** Group of this message; -1 for none. Groups are numbered from 0. */
  readonly group: number;
  /**
   * Messages of the same connection share a queue pair, one after another. The queue pair keeps its rate unless it is
   * idle for a long time. -1 for a queue pair of its own.
   */
  readonly connection: number;
}
