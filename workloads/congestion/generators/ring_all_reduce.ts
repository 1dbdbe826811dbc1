import type { Message } from "../../../kernel/congestion/workload.ts";
import { message } from "./message.ts";

export interface RingOptions {
  /** Hosts in the order of the ring, at least 2. */
  ranks: readonly number[];
  /** Bytes to reduce. */
  bytes: number;
  /** Connection from the first rank to the next. The others follow, one per rank. */
  firstConnection: number;
  /** Number of the first group. The ring uses 2 (ranks - 1) x ranks groups. */
  firstGroup: number;
}

/** Number of groups that a ring of `ranks` ranks uses. */
export function ringGroups(ranks: number): number {
  return 2 * (ranks - 1) * ranks;
}

/**
 * A ring all-reduce of n ranks. In each of 2 (n - 1) steps, every rank sends an n-th of the bytes to the next rank as
 * soon as it has received its message of the step before. Every message is a group of its own.
 */
export function ringAllReduce({ ranks, bytes, firstConnection, firstGroup }: RingOptions): Message[] {
  const n = ranks.length;
  const messages: Message[] = [];
  for (let step = 0; step < 2 * (n - 1); step++) {
    for (let i = 0; i < n; i++) {
      const previous = (i + n - 1) % n;
      messages.push(
        message({
          src: ranks[i],
          dst: ranks[(i + 1) % n],
          bytes: Math.ceil(bytes / n),
          after: step === 0 ? -1 : firstGroup + (step - 1) * n + previous,
          group: firstGroup + step * n + i,
          connection: firstConnection + i,
        }),
      );
    }
  }
  return messages;
}
