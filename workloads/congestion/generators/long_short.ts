import type { Message } from "../../../kernel/congestion/workload.ts";
import type { RandomStream } from "../../../kernel/random.ts";
import { message } from "./message.ts";

/** Bytes of a short stream. Source: RL-CC's long-short scenario, 200 x 1024. */
export const SHORT_STREAM_BYTES = 200 * 1024;

/** Time span in which the streams of a round start, ns. Source: the same. */
const JITTER_NS = 10_000;

export interface LongShortOptions {
  /** Host that sends the long message, at time 0. */
  long: number;
  longBytes: number;
  /** Hosts that send the short messages. */
  hosts: readonly number[];
  /** Streams from each host in each round. Each keeps its connection. */
  streams: number;
  shortBytes: number;
  rounds: number;
  /** Start of the first round, ns. */
  firstNs: number;
  /** Time from one round to the next, ns. */
  periodNs: number;
  receiver: number;
  random: RandomStream;
}

/** One long message that rounds of short messages disturb, all to one host. Sorted by start. */
export function longShort(options: LongShortOptions): Message[] {
  const { long, longBytes, hosts, streams, shortBytes, rounds, firstNs, periodNs, receiver, random } = options;
  const messages = [message({ src: long, dst: receiver, bytes: longBytes })];
  for (let round = 0; round < rounds; round++) {
    hosts.forEach((src, i) => {
      for (let stream = 0; stream < streams; stream++) {
        const start = Math.round(firstNs + round * periodNs + random.uniform(0, JITTER_NS));
        const connection = i * streams + stream;
        messages.push(message({ src, dst: receiver, bytes: shortBytes, start, connection }));
      }
    });
  }
  return messages.sort((a, b) => a.start - b.start);
}
