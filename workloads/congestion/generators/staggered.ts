import type { Message } from "../../../kernel/congestion/workload.ts";
import type { RandomStream } from "../../../kernel/random.ts";
import { message } from "./message.ts";

/**
 * One message from each of `senders` to `receiver`, each some time after the one before: half to one and a half times
 * `gapNs`, drawn evenly. In the order of start.
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
