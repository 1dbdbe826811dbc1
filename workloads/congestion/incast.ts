import { singleSwitch } from "../../kernel/congestion/topologies/single_switch.ts";
import type { Message } from "../../kernel/congestion/workload.ts";
import type { Range } from "./episode_draw.ts";
import type { Family } from "./family.ts";
import { message } from "./message.ts";

/** One message from each of `senders` to `receiver`, all at `start`. */
export function incastMessages(senders: readonly number[], receiver: number, bytes: number, start = 0): Message[] {
  return senders.map((src) => message({ src, dst: receiver, bytes, start }));
}

/** The numbers `first` to `first + count - 1`. */
export function hostRange(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}

export interface IncastOptions {
  gbps: number;
  senders: Range;
  bytes: Range;
  /** Most bytes of an episode, where they are drawn. */
  most: number;
}

/** Hosts around one switch that send to the same one, all at once. */
export function incast({ gbps, senders: senderRange, bytes: byteRange, most }: IncastOptions): Family {
  return {
    gbps,
    takes: ["senders", "bytes"],
    build: (draw) => {
      const senders = draw.senders(senderRange);
      const bytes = draw.bytes(byteRange, most / senders);
      return {
        topology: singleSwitch({ hosts: senders + 1, gbps: draw.gbps, delayNs: draw.delayNs }),
        messages: incastMessages(hostRange(0, senders), senders, bytes),
      };
    },
  };
}
