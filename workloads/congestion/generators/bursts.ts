import type { Message } from "../../../kernel/congestion/workload.ts";
import type { RandomStream } from "../../../kernel/random.ts";
import { message } from "./message.ts";

export interface BurstOptions {
  senders: readonly number[];
  receiver: number;
  /** Bytes of each message. */
  bytes: number;
  bursts: number;
  /** Time from one burst to the next, ns. */
  periodNs: number;
  /** Time span in which the messages of a burst start, ns. */
  jitterNs: number;
  /** Connection of the first sender; the connections of the others follow. */
  firstConnection: number;
  random: RandomStream;
}

/** Repeated incasts: in each burst, every sender sends one message on its own lasting connection. Sorted by start. */
export function bursts(options: BurstOptions): Message[] {
  const { senders, receiver, bytes, bursts: count, periodNs, jitterNs, firstConnection, random } = options;
  const messages = Array.from({ length: count }, (_, burst) =>
    senders.map((src, i) => {
      const start = Math.round(burst * periodNs + random.uniform(0, jitterNs));
      return message({ src, dst: receiver, bytes, start, connection: firstConnection + i });
    }),
  );
  return messages.flat().sort((a, b) => a.start - b.start);
}
