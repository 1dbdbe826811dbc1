import type { Message } from "../../../kernel/congestion/workload.ts";
import { message } from "./message.ts";

/** One message from each of `senders` to `receiver`, all at `start`. */
export function incast(senders: readonly number[], receiver: number, bytes: number, start = 0): Message[] {
  return senders.map((src) => message({ src, dst: receiver, bytes, start }));
}
