import type { Message } from "../../../kernel/congestion/workload.ts";
import type { RandomStream } from "../../../kernel/random.ts";
import { message } from "./message.ts";

/**
 * One message from each of `senders` to `receiver`. Each starts 0.5 to 1.5 times `gapNs` (drawn uniformly) after the
 * one before. Sorted by start.
 */
export function staggered(
  senders: readonly number[],
  receiver: number,
  bytes: number,
  gapNs: number,
  random: RandomStream,
): Message[] {
  let start = 0;
  return senders.map((src, i) => {
    if (i > 0) start += Math.round(gapNs * random.uniform(0.5, 1.5));
    return message({ src, dst: receiver, bytes, start });
  });
}
